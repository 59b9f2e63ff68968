// Support: a card that was lost is found, and its code is replaced.

import { expect } from "../../browser.mjs";
import { newAddress, newGift, queued } from "../../things.mjs";

export async function replacesACode(walk) {
  const address = newAddress("loser");
  const { server } = walk.world;
  const { id } = await newGift(walk.world, address);
  const before = await server.api("GET", `/v1/gift-cards/${id}`);
  await walk.go(await queued(walk.page));
  await walk.fill("queue.find", address);
  await walk.press("help.search");
  // It opens beside the request.
  const found = walk.page.getByRole("link", { name: `…${before.last4}` });
  await walk.go(await found.first().getAttribute("href"));
  await walk.press("console_card.replace");
  await walk.sees("console_card.after_replace");
  await walk.press("console_card.replace");
  await walk.sees("console_card.done_replace");
  const after = await server.api("GET", `/v1/gift-cards/${id}`);
  expect(after.last4 !== before.last4, "the code is another one");
  expect(after.balance.amount === before.balance.amount, "the card is worth what it was");
}
