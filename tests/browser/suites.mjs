// Every suite; each is a function that is given `test(name, run)`.

import { designs } from "./suites/designs.mjs";
import { journeys } from "./suites/journeys.mjs";
import { passkeys } from "./suites/passkeys.mjs";
import { postgres } from "./suites/postgres.mjs";
import { print } from "./suites/print.mjs";
import { scanner } from "./suites/scanner.mjs";
import { screens } from "./suites/screens.mjs";
import { signIn } from "./suites/sign-in.mjs";
import { stuffed } from "./suites/stuffed.mjs";
import { weight } from "./suites/weight.mjs";

export const suites = [
  screens,
  stuffed,
  signIn,
  passkeys,
  journeys,
  postgres,
  scanner,
  designs,
  print,
  weight,
];
