// Every screen at both widths, light and dark: whole, accessible, within its window, asking nobody
// else; and a picture of each, to be looked at.

import { join } from "node:path";
import { WIDTHS, be, expect, fitsItsWindow, isAccessible, open } from "../browser.mjs";
import * as things from "../things.mjs";

/** Who looks at what. A path may be found out on the way. */
const SCREENS = [
  { who: null, paths: ["/", "/sign-in", "/help", "/help/lost-card", "/help?q=refund", "/design"] },
  { who: null, paths: ["/gift", things.gift] },
  { who: "Ann Okafor", paths: ["/gifts", "/gifts/new", "/wallet", things.card, "/shop"] },
  { who: "Ann Okafor", paths: [things.checkout, things.order, things.gift, "/me"] },
  { who: "Ann Okafor", paths: ["/contact?from=/help/lost-card", "/requests", things.ownRequest] },
  { who: "Luna Reyes", paths: ["/promotions", "/promotions/new", things.promotion, things.draft] },
  { who: "Luna Reyes", paths: ["/claims", "/claims/new", "/claims/lost", things.newClaim] },
  { who: "Cleo Marsh", paths: ["/console/claims", things.deskClaim] },
  { who: "Fay Lindgren", paths: ["/console/finance", "/console/ledger", things.account] },
  { who: "Fay Lindgren", paths: ["/console/reconciliation"] },
  { who: "Sam Whitfield", paths: ["/console/queue", things.queued, things.deskCard, things.deskAct] },
];

/** Both widths, both schemes; who wants it dark wants it calm, too. */
const WINDOWS = [
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark", reducedMotion: "reduce" },
  { width: 1280, colorScheme: "light" },
];

const ARABIC = ["/", "/sign-in", "/help", "/contact", things.gift];

export function screens(test) {
  for (const { who, paths } of SCREENS) {
    for (const path of paths) {
      const name = path.name ?? path;
      test(`screen ${name} as ${who ?? "anybody"}`, (world) => look(world, who, path));
    }
  }
  test("screens in Arabic from right to left", arabic);
  test("every promotion and claim fits a telephone, whatever it has delivered", fit);
}

async function look(world, who, path) {
  let found;
  for (const options of WINDOWS) {
    const window = await open(world, options);
    const { page } = window;
    if (who) await be(page, who);
    // What was made to be looked at is looked at again.
    found ??= typeof path === "function" ? await path(page, world) : path;
    const answer = await page.goto(found);
    expect(answer.status() === 200, `${found} answers ${answer.status()}`);
    await fitsItsWindow(page);
    await isAccessible(page, world.packages);
    const name = `screen-${path.name ?? path}`.replace(/[^a-z0-9]+/gi, "-");
    await picture(world, page, `${name}-${options.width}-${options.colorScheme}`);
    await window.close();
  }
}

function picture(world, page, name) {
  const path = join(world.screenshots, `${name}.png`);
  return page.screenshot({ path, fullPage: true, animations: "disabled" });
}

async function arabic(world) {
  for (const width of WIDTHS) {
    const window = await open(world, { width, locale: "ar-EG" });
    const { page } = window;
    for (const path of ARABIC) {
      await page.goto(typeof path === "function" ? await path(page, world) : path);
      const direction = await page.evaluate(() => getComputedStyle(document.body).direction);
      expect(direction === "rtl", `${path} is ${direction}`);
      await fitsItsWindow(page);
      await isAccessible(page, world.packages);
      const name = `arabic${path.name ?? path}`.replace(/[^a-z0-9]+/gi, "-");
      await picture(world, page, `${name}-${width}`);
    }
    await window.close();
  }
}

/** What the city has delivered differs from one demonstration to the next. */
async function fit(world) {
  const window = await open(world, { width: 360 });
  const { page } = window;
  await be(page, "Luna Reyes");
  const all = await things.promotions(page);
  expect(new Set(all.map(({ status }) => status)).size >= 6, "promotions in many states");
  const paths = all.map(({ path }) => path);
  const paid = all.filter(({ status }) => status !== "Draft");
  paths.push(...paid.map(({ path }) => path.replace("/promotions/", "/claims/new?promotion=")));
  await page.goto("/claims");
  const claims = page.locator("tbody a");
  paths.push(...(await claims.evaluateAll((links) => links.map((link) => link.getAttribute("href")))));
  for (const path of paths) {
    await page.goto(path);
    await fitsItsWindow(page);
  }
  await window.close();
}
