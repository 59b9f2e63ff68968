// A mail scanner: a program that opens the links of mails with a browser and presses whatever there
// is to press, without a human gesture. It claims nothing and confirms nothing.

import { expect, open } from "../browser.mjs";
import { mailWith, newAddress, newGift } from "../things.mjs";

/** Ways that it goes before it has pressed everything, at most. */
const WAYS_MAX = 60;

export function scanner(test) {
  test("a mail scanner that presses everything claims and confirms nothing", scans);
}

async function scans(world) {
  const { server } = world;
  const address = newAddress("scanned");
  const { id } = await newGift(world, address);
  const mail = await mailWith(server, address, (mail) => mail.includes("clm_"));
  // Once it has arrived, what is told of it changes by people only.
  const read = () => server.api("GET", `/v1/gift-cards/${id}`);
  const before = await read();
  const window = await open(world);
  const pressed = await presses(window.page, linksOf(mail, server.origin));
  await window.close();
  for (const form of ["/gift/claim", "/gift/report", "/sign-in"]) {
    const isPressed = [...pressed].some((one) => one.startsWith(form));
    expect(isPressed, `it has pressed ${[...pressed].join(", ")}, and not ${form}`);
  }
  const after = await read();
  for (const name of ["owner", "claimed_at", "status", "blocks", "last4", "balance", "delivery"]) {
    const [was, is] = [before[name], after[name]].map((value) => JSON.stringify(value));
    expect(was === is, `${name} was ${was} and is ${is}`);
  }
  // Its sender is neither reported nor blocked.
  const reports = await server.api("GET", "/v1/gift-senders/reports");
  expect(!JSON.stringify(reports).includes(id), "it has reported the sender");
}

function linksOf(mail, origin) {
  const links = mail.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=").match(/https?:\/\/[^\s"<>]+/g);
  return [...new Set(links)].filter((link) => link.startsWith(origin));
}

/** Opens every link, and sends every form of every page with each of its buttons, as it stands. */
async function presses(page, links) {
  const pressed = new Set();
  const ways = links.map((link) => ({ link, places: [] }));
  for (const { link, places } of ways) {
    await page.goto("about:blank");
    await page.goto(link);
    await page.waitForFunction(isOpened);
    for (const place of places) {
      await Promise.all([page.waitForEvent("framenavigated"), page.evaluate(press, place)]);
      await page.waitForLoadState();
    }
    for (const [place, name] of (await page.evaluate(buttonsOf)).entries()) {
      if (!pressed.has(name)) ways.push({ link, places: [...places, place] });
      pressed.add(name);
    }
    expect(ways.length < WAYS_MAX, `it presses for ever: ${[...pressed].join(", ")}`);
  }
  return pressed;
}

/** Whether the script has handed the token of the link on, where there was one. */
function isOpened() {
  return document.readyState === "complete" && !document.getElementById("token")?.value;
}

/** Names of what sends a form, with where it is sent. */
function buttonsOf() {
  const buttons = [...document.querySelectorAll("form button")];
  return buttons.map((one) => `${one.form.getAttribute("action")} ${one.textContent.trim()}`);
}

/** Sends a form by one of its buttons, whatever is filled in. */
function press(place) {
  const button = document.querySelectorAll("form button")[place];
  button.form.noValidate = true;
  button.form.requestSubmit(button);
}
