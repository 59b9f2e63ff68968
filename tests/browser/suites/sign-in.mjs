// Signing in by mail, in every way in which a browser is used.

import { code, newAddress } from "../things.mjs";
import { ARABIC, WAYS, walk } from "../walk.mjs";

export function signIn(test) {
  for (const way of [...WAYS, ARABIC]) {
    test(`signs in by mail ${way.name}`, (world) => walk(world, way, signsIn));
  }
}

async function signsIn(walk) {
  const address = newAddress("new");
  await walk.go("/me");
  await walk.fill("sign_in.email", address);
  await walk.press("sign_in.send");
  await walk.fill("sign_in.code", await code(walk.world, address));
  await walk.press("sign_in.enter");
  await walk.sees("me.title");
}
