// How gifts look: names of any kind stay on each design, programs that show no SVG get the same
// picture, and the type is ours without moving anything.

import { join } from "node:path";
import { expect, fitsItsWindow, open } from "../browser.mjs";
import { SIZE, designs as all, drawing, pixels } from "../pictures.mjs";

/** First names as nobody hopes to meet them: the widest letters, signs of several characters, the
 * other direction, and letters of which a font may have no bold ones. */
const NAMES = ["W".repeat(40), "👩🏽‍🚀🇪🇬👨‍👩‍👧‍👦".repeat(4), "عبدالرحمن".repeat(4), "Žofie-Łucja-İrem-Ștefania-Ðorđe"];

const WORDS = "🎉 Für dich, عيد ميلاد سعيد!\nWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW\nفي أمان الله";

/** Units of a picture: how wide it is, and how much at its edges is kept free of words. */
const PICTURE = 480;
const EDGE = 24;

export function designs(test) {
  for (const locale of ["en-US", "ar-EG"]) {
    test(`names of any kind stay on each design (${locale})`, (world) => holds(world, locale));
  }
  test("designs as PNG are what is drawn", areDrawn);
  test("the type of pages is ours and moves nothing when it comes", types);
}

/** A gift that looks so: the path of its link. */
async function gift({ server }, design, name) {
  const card = await server.api("POST", "/v1/gift-cards", {
    value: { amount: 5_000, currency: "USD" },
    funding: { kind: "external", reference: "browser" },
    sender: { name, email: "ben@example.org" },
    message: WORDS,
    design,
    delivery: { channel: "link" },
  });
  const { claim_token } = await server.api("POST", `/v1/gift-cards/${card.id}/reveal`, {});
  return `/gift#${claim_token}`;
}

async function holds(world, locale) {
  const window = await open(world, {
    width: 360,
    locale,
    deviceScaleFactor: 2,
    reducedMotion: "reduce",
  });
  for (const [index, design] of all().entries()) {
    // Each language begins with another name, so that each design meets several.
    const name = NAMES[(index + locale.length + (locale.startsWith("ar") ? 1 : 0)) % NAMES.length];
    const page = await window.context.newPage();
    await page.goto(await gift(world, design, name));
    await page.locator(".gift text").first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving === 0, `${design} moves for those who want less of it`);
    const lines = await page.locator(".gift text").evaluateAll((texts) =>
      texts.map((text) => {
        const { x, width } = text.getBBox();
        return { said: text.textContent, from: x, to: x + width };
      }),
    );
    expect(lines.length === 4, `${design}: ${JSON.stringify(lines)}`);
    for (const { said, from, to } of lines) {
      expect(from >= EDGE && to <= PICTURE - EDGE, `${design}: ${said} is from ${from} to ${to}`);
    }
    await fitsItsWindow(page);
    const file = `design-${design}-${locale.slice(0, 2)}.png`;
    await page.screenshot({ path: join(world.screenshots, file), fullPage: true });
    await page.close();
  }
  await window.close();
}

async function areDrawn({ browser, server }) {
  const page = await browser.newPage();
  for (const design of all()) {
    const answer = await fetch(`${server.origin}/pictures/${design}.png`);
    expect(answer.headers.get("content-type") === "image/png", design);
    const png = Buffer.from(await answer.arrayBuffer()).toString("base64");
    const served = await pixels(page, `data:image/png;base64,${png}`);
    const drawn = await pixels(page, drawing(design));
    let off = 0;
    const colors = new Set();
    for (let at = 0; at < drawn.length; at += 4) {
      const far = [0, 1, 2].map((part) => Math.abs(drawn[at + part] - served[at + part]));
      if (Math.max(...far) > 48) off += 1;
      colors.add(served.readUIntBE(at, 3));
    }
    // Edges are smoothed a little differently by other releases of a browser.
    const most = (SIZE.width * SIZE.height) / 1_000;
    expect(off <= most, `${design}: ${off} pixels differ; draw it anew with pictures.mjs`);
    expect(colors.size >= 8, `${design} has ${colors.size} colors`);
  }
  await page.close();
}

async function types(world) {
  const window = await open(world, { width: 360 });
  const { page } = window;
  const fonts = [];
  await page.route("**/*.woff2", async (route) => {
    fonts.push(route.request().url());
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.addInitScript(() => {
    globalThis.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto("/help", { waitUntil: "networkidle" });
  const [isOurs, moved] = await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return [document.fonts.check('650 16px "Figtree"'), globalThis.moved];
  });
  expect(isOurs && fonts.length === 1, `fonts: ${fonts.join(", ")}`);
  expect(moved < 0.02, `what was read moved by ${moved}`);
  await page.goto("/help?q=Łódź", { waitUntil: "networkidle" });
  expect(fonts.some((one) => one.includes("figtree-more")), `fonts: ${fonts.join(", ")}`);
  await window.close();
}
