// Finance: a number of the overview is explained down to the entries that it is made of.

import { expect } from "../../browser.mjs";

export async function explainsANumber(walk) {
  const { page } = walk;
  await walk.be("Fay Lindgren");
  await walk.press("frame.finance");
  await walk.sees("money.equal");
  const line = page.locator(".equal", { hasText: "USD" });
  const said = (await line.textContent()).replaceAll("\u00a0", " ");
  const [, cards, ledger] = said.match(/cards ([\d,.]+) USD − ledger ([\d,.]+) USD = 0\.00 USD/);
  expect(cards === ledger, said);
  // The number leads to the accounts that it is the sum of, over as many pages as they take.
  await walk.press(/^ledger [\d,.]+\sUSD$/);
  const accounts = page.locator("main table").last().locator("tbody tr");
  let sum = 0;
  for (;;) {
    const balances = await accounts.evaluateAll(balancesOfRows);
    sum += balances.reduce((all, one) => all + one, 0);
    const next = page.getByRole("link", { name: "Next page" });
    if ((await next.count()) === 0) break;
    await walk.press("ledger.further");
  }
  expect(sum === minor(ledger), `accounts of ${sum} make up ${ledger}`);
  // And each account to its entries, which make up its balance.
  const account = accounts.filter({ hasText: "USD" }).first();
  const balance = (await account.evaluateAll(balancesOfRows))[0];
  await walk.press(/^giftcard\/gc_/, { among: account });
  await walk.sees("ledger.entries");
  const changes = await page.locator("tbody tr").evaluateAll(changesOfRows);
  expect(changes.length > 0, "there are entries");
  expect(changes.reduce((all, one) => all + one, 0) === balance, `${changes} make up ${balance}`);
}

/** `4,345.91` → 434591. */
function minor(text) {
  return Number(text.replaceAll(/[,.]/g, ""));
}

/** Balances of accounts in dollars, in minor units. */
function balancesOfRows(rows) {
  const texts = rows.map((row) => row.cells[4].textContent).filter((text) => text.includes("USD"));
  return texts.map((text) => Number(text.replace("−", "-").replaceAll(/[^-\d]/g, "")));
}

/** What entries have changed, in minor units. */
function changesOfRows(rows) {
  const texts = rows.map((row) => row.cells[2].textContent);
  return texts.map((text) => Number(text.replace("−", "-").replaceAll(/[^-\d]/g, "")));
}
