// The journeys of the two source texts, each in every way in which a browser is used: on a telephone
// and at a desk, by keyboard alone, without scripts, dark, without motion, from right to left.

import { ARABIC, WAYS, walk } from "../walk.mjs";
import { explainsANumber } from "./journeys/finance.mjs";
import { opensASharedLink, sendsAGift, spendsAGift } from "./journeys/gifts.mjs";
import { asksForMoneyBack, boostsAPost, watchesItDeliver } from "./journeys/promotions.mjs";
import { replacesACode } from "./journeys/support.mjs";

const CUSTOMERS = {
  "sends a gift with a message and a design": sendsAGift,
  "opens a gift by a link that its giver shares": opensASharedLink,
  "is given a gift, keeps it, and spends it with a second way to pay": spendsAGift,
  "boosts a post": boostsAPost,
  "asks for money back and sees the reason": asksForMoneyBack,
};

/** The console speaks English. */
const STAFF = {
  "finds a lost card and replaces its code": replacesACode,
  "explains a number of the overview down to its entries": explainsANumber,
};

export function journeys(test) {
  const all = (journeys, ways) => {
    for (const [name, journey] of Object.entries(journeys)) {
      for (const way of ways) test(`${name} ${way.name}`, (world) => walk(world, way, journey));
    }
  };
  all(CUSTOMERS, [...WAYS, ARABIC]);
  all(STAFF, WAYS);
  // By now people have seen it.
  all({ "watches a boosted post deliver": watchesItDeliver }, [...WAYS, ARABIC]);
}
