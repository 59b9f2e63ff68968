// The link in a mail, or from the shop, has its secret behind the #, where no server sees or writes
// it down. This hands it to the form of the page. Without scripts people paste the link there.
"use strict";
const token = location.hash.slice(1);
const box = document.getElementById("token");
if (box && /^(clm|rcp)_[0-9a-z]+$|^mgh1\.[\w.-]+$/.test(token)) {
  history.replaceState(null, "", location.pathname + location.search);
  box.value = token;
  // Whoever has signed in already is asked before they become somebody else.
  if (box.closest("[data-token]")?.dataset.token !== "asks") box.form.submit();
}
