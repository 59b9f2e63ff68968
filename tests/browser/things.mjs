// Things that tests look at or use, found or made on the way.

import { be } from "./browser.mjs";

/** The code in the newest mail to an address. */
export async function code({ server }, address) {
  const isCode = (line) => /^\d{4} \d{4}$/.test(line);
  const mail = await mailWith(server, address, (mail) => mail.split(/\r?\n/).some(isCode));
  return mail.split(/\r?\n/).find(isCode);
}

/** The newest mail to an address that is as it should be, once it comes. */
export async function mailWith(server, address, isIt) {
  for (let tries = 0; tries < 200; tries += 1) {
    const mail = server.mails(address).filter(isIt).at(-1);
    if (mail) return mail;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no such mail came to ${address}`);
}

/** An address that nobody has used before. */
export function newAddress(name) {
  return `${name}-${Math.random().toString(36).slice(2, 8)}@example.org`;
}

/** A gift that nobody keeps, by a link or by mail to an address. */
export async function newGift({ server }, email) {
  const card = await server.api("POST", "/v1/gift-cards", {
    value: { amount: 5_000, currency: "USD" },
    funding: { kind: "external", reference: "browser" },
    recipient: { name: "Noor", email },
    sender: { name: "Ben Carter", email: "ben@example.org" },
    message: "For everything you did this year. Get yourself something nice!",
    design: "lanterns",
    delivery: { channel: email ? "email" : "link" },
  });
  const { claim_token } = await server.api("POST", `/v1/gift-cards/${card.id}/reveal`, {});
  return { id: card.id, path: `/gift#${claim_token}` };
}

/** The path of a gift that nobody keeps. */
export async function gift(_page, world) {
  return (await newGift(world)).path;
}

/** The first card of whoever looks. */
export async function card(page) {
  await page.goto("/wallet");
  return page.locator(".panel a").first().getAttribute("href");
}

/** Something to pay. */
export async function checkout(page) {
  await page.goto("/shop");
  await page.getByRole("button", { name: "Buy one" }).first().click();
  await page.waitForURL(/checkout/);
  return new URL(page.url()).pathname;
}

/** Something that was paid. */
export async function order(page) {
  await page.goto(await checkout(page));
  await page.getByLabel("A card that works").check();
  await page.getByRole("button", { name: /^Pay / }).click();
  return page.getByRole("link", { name: "See your receipt" }).getAttribute("href");
}

/** A request of whoever looks, which they write if there is none. */
export async function ownRequest(page) {
  await page.goto("/requests");
  const first = page.locator("main h2 a").first();
  if ((await first.count()) === 0) {
    await page.goto("/contact");
    await page.getByLabel("What happened?").fill("My card does not work.\nIt ends with 7K2M.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.goto("/requests");
  }
  return first.getAttribute("href");
}

/** A request as the support sees it. */
export async function queued(page) {
  await be(page, "Ann Okafor");
  await ownRequest(page);
  await be(page, "Sam Whitfield");
  await page.goto("/console/queue");
  return page.locator("main table a").first().getAttribute("href");
}

/** A card that is found by the reference of the tour. */
export async function deskCard(page) {
  await page.goto(await queued(page));
  await page.getByLabel("Find a card").fill("demo-tour");
  await page.getByRole("button", { name: "Search" }).click();
  return page.getByRole("link", { name: /^…/ }).first().getAttribute("href");
}

/** The page that freezes it. */
export async function deskAct(page) {
  return (await deskCard(page)).replace("?", "/freeze?");
}

/** The first claim of the queue. */
export async function deskClaim(page) {
  await page.goto("/console/claims");
  return page.locator("tbody a").first().getAttribute("href");
}

/** An account of a card. */
export async function account(page) {
  await page.goto("/console/ledger?prefix=giftcard/gc_");
  return page.locator("tbody a").first().getAttribute("href");
}

/** A draft with its quote, composed on the way. It runs in the days of the shop's own clock. */
export async function draft(page) {
  const [first, last] = await comingDays(page);
  await page.goto("/promotions/new");
  await page.getByLabel("Address of the post").fill("https://shop.example/v/draft");
  await page.getByLabel("Budget in").fill("800");
  await page.getByLabel("First day").fill(first);
  await page.getByLabel("Last day").fill(last);
  await page.getByRole("button", { name: "See what it will bring" }).click();
  await page.getByText("You pay at most").waitFor();
  return page.url();
}

/** Days to promote something on: the shop's own clock is ahead of the browser's. */
export async function comingDays(page) {
  await page.goto("/promotions");
  const days = await page.locator("tbody time").evaluateAll((all) => all.map((one) => one.dateTime));
  const last = days.sort().at(-1);
  return [new Date(Date.parse(last) - 2 * 86_400_000).toISOString().slice(0, 10), last];
}

/** The day of the shop's own clock. */
export async function today({ server }) {
  return (await server.api("GET", "/v1/reports/liability")).as_of.slice(0, 10);
}

/** Every promotion of whoever looks: where it stands, and its path. */
export async function promotions(page) {
  await page.goto("/promotions");
  const rows = page.locator("tbody tr", { has: page.locator("a") });
  return rows.evaluateAll((all) =>
    all.map((row) => ({
      status: row.querySelector(".status").textContent.trim(),
      path: row.querySelector("a").getAttribute("href"),
    })),
  );
}

/** A promotion that runs, with its report. */
export async function promotion(page) {
  return (await promotions(page)).filter(({ status }) => status === "Running").at(-1).path;
}

/** A claim, with everything that is known of what it is about. */
export async function newClaim(page) {
  return `/claims/new?promotion=${(await promotion(page)).split("/").pop()}`;
}
