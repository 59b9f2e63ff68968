// Pages hold whatever words and numbers come: each text is made longer than any window, without a
// place where it could be broken, and still nobody has to scroll the page sideways.

import { be, expect, fitsItsWindow, open } from "../browser.mjs";
import * as things from "../things.mjs";

const PAGES = [
  { who: null, paths: ["/", "/design", "/help", things.gift] },
  { who: "Ann Okafor", paths: ["/gifts/new", "/wallet", things.card, things.checkout, things.order] },
  { who: "Luna Reyes", paths: ["/promotions", things.promotion, things.draft, "/claims/new"] },
  { who: "Luna Reyes", paths: ["/claims", things.newClaim] },
  { who: "Sam Whitfield", paths: ["/console/queue", things.queued, things.deskCard] },
  { who: "Cleo Marsh", paths: ["/console/claims", things.deskClaim] },
  { who: "Fay Lindgren", paths: ["/console/finance", things.account, "/console/reconciliation"] },
];

export function stuffed(test) {
  for (const { who, paths } of PAGES) {
    for (const path of paths) {
      const name = path.name ?? path;
      test(`very long words fit on ${name} as ${who ?? "anybody"}`, (world) => fits(world, who, path));
    }
  }
}

async function fits(world, who, path) {
  const window = await open(world, { width: 360 });
  const { page } = window;
  if (who) await be(page, who);
  await page.goto(typeof path === "function" ? await path(page, world) : path);
  const count = await page.evaluate(stuff);
  expect(count > 5, `there are ${count} texts on ${page.url()}`);
  await fitsItsWindow(page);
  // At a desk what stands beside each other must not be pushed out either.
  await page.setViewportSize({ width: 1280, height: 900 });
  await fitsItsWindow(page);
  await window.close();
}

/** Makes every text of the page long, in the page itself: unfolds what is folded, too. */
function stuff() {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (all.nextNode()) texts.push(all.currentNode);
  const shown = texts.filter((text) => text.data.trim() && !text.parentElement.closest("svg, script"));
  for (const text of shown) {
    text.data = `${text.data.trimEnd()}${"9,999,999".repeat(3)}${"Donaudampfschifffahrt".repeat(4)}`;
  }
  return shown.length;
}
