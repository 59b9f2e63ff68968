// Passkeys of a virtual authenticator: one is added, it signs in, and it agrees to an amount. What
// it signed is checked by a verifier that is not ours.

import { be, expect, load, open } from "../browser.mjs";

export function passkeys(test) {
  test("a passkey is added, signs in, and agrees to an amount that cannot be changed", ceremony);
}

async function ceremony(world) {
  const window = await open(world);
  const { page } = window;
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  await client.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const sent = [];
  const answers = [];
  await page.route("**/account/**", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    if (request.method() === "POST") sent.push({ path, body: request.postDataJSON() });
    const response = await route.fetch();
    if (path.endsWith("options")) answers.push({ path, body: await response.json() });
    await route.fulfill({ response });
  });
  await be(page, "Ann Okafor");
  await page.goto("/me");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.waitForURL(/done=passkey/);
  await page.getByRole("button", { name: "Sign out here" }).click();
  await page.goto("/sign-in?next=/me");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(`${world.server.origin}/me`);
  await verifiedByOthers(world, sent, answers);
  await agreement(page);
  await window.close();
}

async function verifiedByOthers({ packages, server }, sent, answers) {
  const verifier = load(packages, "@simplewebauthn/server");
  const told = (path) => answers.find((one) => one.path === path).body;
  const posted = (path) => sent.find((one) => one.path === path).body;
  const origin = { expectedOrigin: server.origin, expectedRPID: "localhost" };
  const added = await verifier.verifyRegistrationResponse({
    response: posted("/account/passkeys"),
    expectedChallenge: told("/account/passkeys/options").challenge,
    ...origin,
  });
  expect(added.verified, "the registration is refused by the other verifier");
  const used = await verifier.verifyAuthenticationResponse({
    response: posted("/account/sign-in/passkey"),
    expectedChallenge: told("/account/sign-in/passkey/options").challenge,
    credential: added.registrationInfo.credential,
    ...origin,
  });
  expect(used.verified, "the sign-in is refused by the other verifier");
}

/** Agrees to an amount by hand, as a page does, and then to another one with the same signature. */
async function agreement(page) {
  const outcome = await page.evaluate(async () => {
    const session = await (await fetch("/account/session")).json();
    const post = async (path, body) => {
      const headers = { "content-type": "application/json", "x-csrf-token": session.csrf };
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: answer.status, json: await answer.json() };
    };
    const act = { account: "acct_00000000000000000000000000", currency: "USD", payee: "Luna" };
    const asked = await post("/account/acts", { ...act, amount: 2500 });
    const other = await post("/account/acts", { ...act, amount: 9900 });
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.json.options);
    const credential = (await navigator.credentials.get({ publicKey })).toJSON();
    const changed = await post("/account/acts/agree", { act: other.json.act, credential });
    const agreed = await post("/account/acts/agree", { act: asked.json.act, credential });
    return { asked, changed, agreed };
  });
  expect(outcome.asked.status === 201, JSON.stringify(outcome.asked));
  expect(outcome.changed.status >= 400, "a signature was good for another amount");
  expect(outcome.agreed.status === 200, JSON.stringify(outcome.agreed));
}
