// Passkeys: browsers reach them by script alone. A page without this script offers other ways.
"use strict";

const post = async (path, body, csrf) => {
  const headers = { "content-type": "application/json", accept: "application/json" };
  if (csrf) headers["x-csrf-token"] = csrf;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(json.detail || json.title), { code: json.code });
  return json;
};

const acts = {
  // Opens a session.
  async sign_in() {
    const options = await post("/account/sign-in/passkey/options", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials.get({ publicKey });
    return post("/account/sign-in/passkey", credential.toJSON());
  },
  // Keeps a new one for whoever is signed in.
  async add({ csrf }) {
    const options = await post("/account/passkeys/options", {}, csrf);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return post("/account/passkeys", credential.toJSON(), csrf);
  },
  // Agrees to an amount and a payee; what was signed is kept.
  async agree({ csrf, amount, currency, payee }) {
    const asked = await post("/account/acts", { amount: Number(amount), currency, payee }, csrf);
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
    const credential = await navigator.credentials.get({ publicKey });
    return post("/account/acts/agree", { act: asked.act, credential: credential.toJSON() }, csrf);
  },
};

for (const place of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  place.hidden = false;
  const button = place.querySelector("button");
  const said = place.querySelector("[role=alert]");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const form = button.closest("form");
    if (form?.elements.act && !form.reportValidity()) return;
    button.disabled = true;
    said.textContent = "";
    try {
      const answer = await acts[place.dataset.passkey](place.dataset);
      if (form?.elements.act && answer.act) {
        form.elements.act.value = answer.act;
        button.disabled = false;
        form.requestSubmit(button);
      } else {
        location.assign(place.dataset.next);
      }
    } catch (error) {
      // Ways in are changed soon after signing in only: that leads back here.
      if (place.dataset.passkey === "add" && error.code === "stronger_sign_in_needed") {
        location.assign(place.dataset.again);
        return;
      }
      // The browser says it in the reader's language; of a closed dialog it says nothing useful.
      const isClosed = error.name === "NotAllowedError";
      // What the rules say is in English.
      said.lang = isClosed ? "" : "en";
      said.textContent = isClosed ? place.dataset.closed : error.message;
      button.disabled = false;
    }
  });
}
