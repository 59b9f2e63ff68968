// Gifts: one is sent, opened, kept and spent.

import { expect } from "../../browser.mjs";
import { code, gift, mailWith, newAddress, newGift } from "../../things.mjs";

/** Somebody sends a gift with a picture and some words, and pays it. It arrives. */
export async function sendsAGift(walk) {
  const to = newAddress("friend");
  await walk.be("Ann Okafor");
  await walk.press("frame.gifts");
  await walk.press("gifts.give");
  await walk.pick(/^50\.00\sUSD/);
  await walk.pick(new RegExp(walk.says("gift.lanterns")));
  await walk.press("gifts.go_whom");
  await walk.fill("gifts.to", "Noor Haddad");
  await walk.pick("gifts.by_email");
  await walk.fill("gifts.email", to);
  await walk.fill("gifts.message", "For everything you did this year!");
  await walk.fill("gifts.from", "Ann Okafor");
  await walk.press("gifts.look");
  await walk.sees("gifts.preview_text");
  await walk.press("gifts.go_pay");
  await walk.pick("methods.works");
  await walk.press("gifts.pay");
  await walk.sees("gifts.done_bought");
  const mail = await mailWith(walk.world.server, to, (mail) => mail.includes("clm_"));
  await walk.other((friend) => opens(friend, linkIn(mail), /Ann/));
}

/** The link of a gift, as its mail has it. */
function linkIn(mail) {
  return mail.replaceAll(/=\r?\n/g, "").match(/\/gift#clm_[a-z0-9]+/i)[0];
}

/** Opens a gift by its link. Without scripts the whole link is pasted. */
async function opens(walk, link, giver, label = "reveal.link") {
  await walk.go(link);
  if (!walk.hasScripts) {
    await walk.fill(label, walk.world.server.origin + link);
    await walk.press("reveal.open");
  }
  await walk.sees(giver);
  await walk.sees("reveal.title");
  expect(!walk.page.url().includes("clm_"), `a secret is in the address: ${walk.page.url()}`);
}

/** Opens the link that a giver shares themselves. */
export async function opensASharedLink(walk) {
  const { id, path } = await newGift(walk.world);
  await opens(walk, path.replace("/gift#", `/g/${id}#`), /Ben/, "gifts.link");
}

/** Somebody without an account is given a gift, keeps it, and spends it with something else. */
export async function spendsAGift(walk) {
  await opens(walk, await gift(walk.page, walk.world), /Ben/);
  const began = Date.now();
  const address = newAddress("keeper");
  await walk.fill("sign_in.email", address);
  await walk.press("reveal.keep");
  await walk.fill("sign_in.code", await code(walk.world, address));
  await walk.press("reveal.keep");
  await walk.sees("wallet.done_claimed");
  expect(Date.now() - began < 20_000, "a gift is kept within twenty seconds");
  await walk.press("wallet.freeze");
  await walk.sees("wallet.done_frozen");
  await walk.press("wallet.unfreeze");
  await walk.sees("wallet.done_unfrozen");
  await walk.press("frame.wallet");
  await walk.press("wallet.shop");
  // It costs more than the gift is worth.
  await walk.press("shop.one", { among: walk.page.locator(".panel", { hasText: "Brewing class" }) });
  await walk.press("checkout.use_card");
  await walk.sees("checkout.remove");
  await walk.pick("methods.declined");
  await walk.press("checkout.pay_rest");
  await walk.sees("checkout.failed_text");
  await walk.press("checkout.again");
  await walk.pick("methods.works");
  await walk.press("checkout.pay_rest");
  await walk.sees("checkout.paid");
  await walk.press("checkout.to_order");
  await walk.sees("order.title");
}
