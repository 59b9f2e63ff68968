// A gift on paper: what a printer gets is rasterized, its QR code is read back as a telephone reads
// it, and what was read is opened by somebody who has never been here.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { be, expect, open } from "../browser.mjs";
import { code as mailedCode } from "../things.mjs";

/** Dots per inch of a rasterized page: a plain office printer has 300 or more. */
const DOTS = 200;

const MM_PER_INCH = 25.4;

/** What can be printed on: its name on the page, millimeters, pages, and on which the code is. */
const PAPERS = [
  { name: "A4, folded once", size: [210, 297], pages: 1, codeOn: 1 },
  { name: "Letter, folded once", size: [215.9, 279.4], pages: 1, codeOn: 1 },
  { name: "Card, 85.6 × 54 mm", size: [85.6, 54], pages: 2, codeOn: 2 },
];

export function print(test) {
  test("a printed gift is read back from paper and leads to where its code is entered", readsBack);
}

async function readsBack(world) {
  const window = await open(world);
  const { page } = window;
  await be(page, "Ann Okafor");
  await gives(page);
  const codes = new Set();
  let read;
  for (const paper of PAPERS) {
    await page.getByLabel(paper.name).check();
    await page.getByRole("button", { name: /^Show it/ }).click();
    const code = (await page.locator(".sheet .code").textContent()).trim();
    codes.add(code);
    const ends = await page.locator(".outside text").evaluateAll((texts) =>
      texts.map((text) => text.getBBox().x + text.getBBox().width),
    );
    expect(ends.length === 4 && Math.max(...ends) < 460, `words end at ${ends} of 480`);
    const name = paper.name.split(/[ ,]/)[0].toLowerCase();
    const pages = await printed(page, join(world.screenshots, `print-${name}`));
    expect(pages.length === paper.pages, `${paper.name}: ${pages.length} pages`);
    for (const { file, size } of pages) {
      const fits = size.every((mm, side) => Math.abs(mm - paper.size[side]) < 0.5);
      expect(fits, `${paper.name}: ${file} is ${size} mm`);
    }
    const found = pages.flatMap(({ qr }, index) => qr.map((text) => ({ text, page: index + 1 })));
    expect(found.length === 1 && found[0].page === paper.codeOn, JSON.stringify(found));
    read = found[0].text;
    expect(new URL(read).origin === world.server.origin, `${paper.name} leads to ${read}`);
    const secrets = [code, code.replaceAll(/[^0-9A-Za-z]/g, ""), "clm_"];
    expect(!secrets.some((secret) => read.includes(secret)), `a secret is in ${read}`);
  }
  expect(codes.size === 1, "each paper has the same code");
  await window.close();
  await enters(world, read, [...codes][0]);
}

/** Buys a gift to be printed, and goes to where it is. */
async function gives(page) {
  await page.goto("/gifts/new");
  await page.getByRole("button", { name: "Next: for whom" }).click();
  await page.getByLabel("Their name").fill("Wilhelmina-Wanda Mammadova-Wongsawat 🎂 ماما");
  await page.getByLabel("I print it").check();
  await page.getByLabel("A few words").fill("Happy birthday!\nMay it bring you something warm.");
  await page.getByLabel("Your name").fill("Ann Okafor");
  await page.getByRole("button", { name: "Next: pay" }).click();
  await page.getByLabel("A card that works").check();
  await page.getByRole("button", { name: /^Pay / }).click();
  await page.getByRole("link", { name: "Print it" }).click();
}

/** What a printer gets, page by page: its picture, its size in millimeters, the texts of its QR codes. */
async function printed(page, pictures) {
  const folder = mkdtempSync(join(tmpdir(), "makegood-print-"));
  try {
    const pdf = join(folder, "print.pdf");
    writeFileSync(pdf, await page.pdf({ preferCSSPageSize: true }));
    execFileSync("pdftoppm", ["-q", "-r", DOTS, "-png", pdf, join(folder, "page")]);
    const files = readdirSync(folder).filter((name) => name.endsWith(".png")).sort();
    return files.map((name, index) => {
      const file = `${pictures}-${index + 1}.png`;
      const png = readFileSync(join(folder, name));
      writeFileSync(file, png);
      const dots = [png.readUInt32BE(16), png.readUInt32BE(20)];
      return { file, size: dots.map((side) => (side / DOTS) * MM_PER_INCH), qr: qrCodes(file) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Texts of the QR codes in a picture. */
function qrCodes(file) {
  try {
    const told = execFileSync("zbarimg", ["--quiet", "--nodbus", "--raw", file], { encoding: "utf8" });
    return told.split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error.status === 4) return []; // The picture has none.
    throw error;
  }
}

/** Somebody with the paper in their hand, on a telephone, who has no account yet. */
async function enters(world, address, code) {
  const window = await open(world, { width: 360 });
  const { page } = window;
  await page.goto(address);
  const mail = `paper-${Math.random().toString(36).slice(2, 8)}@example.org`;
  await page.getByLabel("Your e-mail address").fill(mail);
  await page.getByRole("button", { name: "Send the code" }).click();
  await page.getByLabel("Code from the mail").fill(await mailedCode(world, mail));
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(address);
  await page.getByLabel("Code of the card").fill(code);
  await page.getByRole("button", { name: "Add the card" }).click();
  await page.getByText("50.00").first().waitFor();
  await window.close();
}
