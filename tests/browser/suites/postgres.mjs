// One journey with the books in PostgreSQL: what pages do does not depend on the store.

import { onPostgres } from "../server.mjs";
import { WAYS, walk } from "../walk.mjs";
import { spendsAGift } from "./journeys/gifts.mjs";

export function postgres(test) {
  test("is given a gift, keeps it and spends it, with the books in PostgreSQL", spends);
}

async function spends(world) {
  const server = await onPostgres(world.binary);
  try {
    const seller = await server.api("POST", "/v1/sellers", {
      name: "Lamps & Co",
      commission_basis_points: 1_000,
    });
    await server.api("POST", "/v1/products", {
      name: "Brewing class, one evening",
      seller: seller.id,
      kind: "goods",
      category: "classes",
      price: { amount: 5_500, currency: "USD" },
    });
    await walk({ ...world, server }, WAYS[0], spendsAGift);
  } finally {
    await server.stop();
  }
}
