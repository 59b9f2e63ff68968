// Promotions: a post is boosted and watched while it delivers; money is asked back.

import { expect } from "../../browser.mjs";
import { comingDays, today } from "../../things.mjs";

/** Posts whose promotions are over, and about which nobody has claimed what this journey claims. */
const OVER = ["one-pan-breakfast", "reading-by-the-sea", "throwing-a-bowl", "rain-on-the-tent"];

/** Addresses of the posts that were boosted here. */
const boosted = [];

/** Somebody boosts a post and pays. Nobody has to do anything before it runs. */
export async function boostsAPost(walk) {
  await walk.be("Luna Reyes");
  const [, last] = await comingDays(walk.page);
  await walk.press("promotion.new");
  boosted.push(`shop.example/v/${boosted.length}`);
  await walk.fill("boost.url", `https://${boosted.at(-1)}`);
  await walk.pick("boost.goal_views");
  await walk.fill("boost.budget", "500");
  await walk.fill("boost.starts", await today(walk.world));
  await walk.fill("boost.ends", last);
  await walk.press("boost.go_on");
  await walk.sees("boost.most");
  await walk.pick("boost.agree");
  await walk.press("boost.pay_now");
  await walk.sees("promotion.done_paid");
  await walk.waitsFor("promotion.why_running");
}

/** Somebody watches how a post is delivered that was boosted before. */
export async function watchesItDeliver(walk) {
  expect(boosted.length > 0, "a post was boosted before");
  await walk.be("Luna Reyes");
  await walk.go("/promotions");
  await walk.press(new RegExp(boosted[0]));
  const delivered = walk.row("promotion.delivered");
  await walk.waitsFor("promotion.delivered", async () => /[1-9]/.test(await delivered.textContent()));
  await walk.sees("promotion.delivered_plot");
  await walk.unfold("plot.table");
  await walk.sees("plot.at_most");
  await walk.sees("promotion.shortfall_total");
  await walk.sees("promotion.segments_text");
}

/** Somebody asks for money back, sees the decision before sending it, and its reason afterwards. */
export async function asksForMoneyBack(walk) {
  await walk.be("Luna Reyes");
  await walk.press("promotion.claim");
  await walk.press("claim.new");
  await walk.pick(new RegExp(`^shop\\.example/posts/${OVER.pop()}`));
  await walk.press("claim.choose_go");
  await walk.sees("claim.known");
  await walk.pick("claim.poor_outcome");
  await walk.fill("claim.description", "It brought me little.");
  await walk.press("claim.preview");
  await walk.sees("claim.preview_title");
  await walk.sees("claim.reasons");
  const reason = await reasonShown(walk);
  await walk.press("claim.file_anyway");
  await walk.sees("claim.done_filed");
  await walk.waitsFor("claim.decision");
  expect((await reasonShown(walk)) === reason, `the reason was: ${reason}`);
  await walk.sees("claim.appeal_go");
}

/** The first of the reasons that a page gives for a decision. */
function reasonShown(walk) {
  const title = walk.page.locator("h3", { hasText: walk.says("claim.reasons") });
  return title.first().locator("xpath=following-sibling::ul[1]/li[1]").textContent();
}
