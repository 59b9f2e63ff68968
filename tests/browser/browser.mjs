// Debian's Chromium, and how a page is looked at.

import { createRequire } from "node:module";
import { join } from "node:path";

const EXECUTABLE = process.env.MAKEGOOD_TEST_CHROMIUM ?? "/usr/bin/chromium";

/** Nothing of the browser's own goes out to the network. */
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function load(packages, name) {
  return createRequire(join(packages, "package.json"))(name);
}

export async function launch(packages) {
  const { chromium } = load(packages, "playwright-core");
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

/** Widths that people have: a telephone, a desk. */
export const WIDTHS = [360, 1280];

/**
 * Opens a window, and watches it: what a page asks of others than its server, and what it
 * complains of, fails the test.
 */
export async function open({ browser, server }, options = {}) {
  const { width = 1280, ...more } = options;
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width, height: 900 },
    locale: "en-US",
    ...more,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const wrong = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.origin) && !url.startsWith("data:")) wrong.push(`asks ${url}`);
  });
  page.on("console", (message) => {
    // A refusal that a page shows comes with its status.
    const isStatus = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isStatus) wrong.push(`complains: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`fails: ${error}`));
  return {
    page,
    context,
    /** Closes the window; fails if something was wrong in it. */
    async close() {
      await context.close();
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
    },
  };
}

/** Becomes somebody of the demonstration. */
export async function be(page, name) {
  await page.goto("/");
  await page.getByRole("button", { name: `Continue as ${name}` }).click();
}

/** Fails where a page is wider than its window: people would have to scroll sideways. */
export async function fitsItsWindow(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  if (content > window) throw new Error(`${page.url()} is ${content} wide in ${window}`);
}

/** Fails with whatever axe finds on the page. */
export async function isAccessible(page, packages) {
  // The policy lets no script of others in, so it is put there by the browser's own console.
  const source = load(packages, "axe-core").source;
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: source });
  const { result, exceptionDetails } = await client.send("Runtime.evaluate", {
    expression: `axe.run(document).then(({violations}) => JSON.stringify(violations.map((v) => ({
      id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)) }))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await client.detach();
  if (exceptionDetails) throw new Error(`axe failed: ${exceptionDetails.text}`);
  const found = JSON.parse(result.value);
  if (found.length > 0) throw new Error(`${page.url()}:\n${JSON.stringify(found, null, 1)}`);
}

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}
