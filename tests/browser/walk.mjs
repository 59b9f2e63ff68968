// A walk through pages as one person makes it: what is done is told by the names of messages, and
// done by the hand and in the language of whoever walks. Every page on the way is looked at.

import { join } from "node:path";
import { expect, fitsItsWindow, isAccessible, open } from "./browser.mjs";
import { KEYBOARD, MOUSE } from "./hands.mjs";
import { beginning, holding, text, whole, within } from "./words.mjs";

/** Ways in which people use a browser; together they have every width, scheme and aid. */
export const WAYS = [
  {
    name: "on a telephone, dark, without motion",
    options: { width: 360, colorScheme: "dark", reducedMotion: "reduce" },
  },
  { name: "at a desk, by keyboard alone", options: {}, hand: KEYBOARD },
  { name: "on a telephone, without scripts", options: { width: 360, javaScriptEnabled: false } },
];

/** The language that is written from right to left, for customers. */
export const ARABIC = { name: "in Arabic", options: { width: 360, locale: "ar-EG" }, language: "ar" };

/** Pages that axe has seen, each in each scheme and language once. */
const seen = new Set();

/** Lets somebody walk, and fails if a page on the way is not as pages have to be. */
export async function walk(world, way, journey) {
  const window = await open(world, way.options);
  await journey(new Walk(world, window, way));
  await window.close();
}

class Walk {
  constructor(world, window, way) {
    this.world = world;
    this.page = window.page;
    this.hand = way.hand ?? MOUSE;
    this.language = way.language ?? "en";
    this.options = way.options;
    this.hasScripts = way.options.javaScriptEnabled !== false;
  }

  /** Somebody else, who uses a browser in the same way. */
  async other(journey) {
    const way = { options: this.options, hand: this.hand, language: this.language };
    await walk(this.world, way, journey);
  }

  /** Becomes somebody of the demonstration. */
  async be(name) {
    await this.page.goto("/");
    const be = holding(this.language, "home.be", name);
    await this.#leads(() => this.page.getByRole("button", { name: be }).click());
  }

  /** Types an address, or follows a link that has come from elsewhere. */
  async go(path) {
    const answer = await this.page.goto(path);
    expect(answer === null || answer.ok(), `${path} answers ${answer?.status()}`);
    await this.#look();
  }

  /** Presses the button or link that says this, and waits for where it leads. */
  async press(what, { among = this.page } = {}) {
    const name = this.#named(what, whole);
    const control = among.getByRole("button", { name }).or(among.getByRole("link", { name }));
    await this.#leads(() => this.hand.press(control.first()));
    await this.#look();
  }

  /** Opens what is folded. */
  async unfold(what) {
    const folded = this.page.locator("summary", { hasText: this.#named(what, whole) });
    await this.hand.press(folded.first());
  }

  async fill(label, value) {
    await this.hand.fill(this.page.getByLabel(this.#named(label, beginning)), value);
  }

  /** Picks one of some, or ticks something. */
  async pick(what) {
    const name = this.#named(what, beginning);
    const choice = this.page.getByRole("radio", { name }).or(this.page.getByRole("checkbox", { name }));
    await this.hand.pick(choice.first());
  }

  async sees(what) {
    await this.page.getByText(this.#named(what, within)).filter({ visible: true }).first().waitFor();
  }

  /** The value of a row by its name. */
  row(message) {
    const name = this.page.locator("dt", { hasText: this.#named(message, whole) }).first();
    return name.locator("xpath=following-sibling::dd[1]");
  }

  /** Looks at the page again until it shows this, and is as it should be. */
  async waitsFor(what, isIt = () => true) {
    const patience = Date.now() + 60_000;
    const shown = this.page.getByText(this.#named(what, within)).filter({ visible: true });
    while ((await shown.count()) === 0 || !(await isIt())) {
      expect(Date.now() < patience, `${this.page.url()} never shows ${what}`);
      await this.page.waitForTimeout(250);
      await this.page.reload();
    }
    await this.#look();
  }

  /** The path of the page. */
  path() {
    return new URL(this.page.url()).pathname;
  }

  /** The text of a message in the language of whoever walks. */
  says(message) {
    return text(this.language, message);
  }

  /** A message by its name, or a pattern as it is. */
  #named(what, how) {
    return what instanceof RegExp ? what : how(this.language, what);
  }

  async #leads(act) {
    // What cannot be pressed is told before nothing comes of it.
    await Promise.all([this.page.waitForEvent("framenavigated", { timeout: 20_000 }), act()]);
    await this.page.waitForLoadState();
  }

  /** What holds on every page; axe and a picture once for each kind of page. */
  async #look() {
    await fitsItsWindow(this.page);
    const expected = this.language === "ar" ? "rtl" : "ltr";
    const direction = await this.page.evaluate(() => getComputedStyle(document.body).direction);
    expect(direction === expected, `${this.page.url()} is written ${direction}`);
    if (!this.hasScripts) return;
    const { width = 1280, colorScheme = "light" } = this.options;
    const path = new URL(this.page.url()).pathname.replace(/_[0-9a-z]{26}/g, "");
    const title = await this.page.locator("h1").first().textContent();
    const kind = `walk${path}-${title.split(/[\s/]/)[0]}`.replace(/[^\p{L}\d]+/gu, "-");
    const name = `${kind}-${width}-${colorScheme}.png`;
    if (seen.has(name)) return;
    seen.add(name);
    await isAccessible(this.page, this.world.packages);
    await this.page.screenshot({ path: join(this.world.screenshots, name), fullPage: true });
  }
}
