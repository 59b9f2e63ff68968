// Hands: how somebody reaches and uses what a page has.

/** A mouse, or a finger. */
export const MOUSE = {
  press: (control) => control.click(),
  fill: (box, text) => box.fill(text),
  pick: (choice) => choice.check(),
};

/** The keyboard alone. */
export const KEYBOARD = {
  async press(control) {
    await reach(control);
    await control.page().keyboard.press("Enter");
  },
  async fill(box, text) {
    await reach(box);
    const keyboard = box.page().keyboard;
    if ((await box.getAttribute("type")) === "date") {
      const [year, month, day] = text.split("-");
      await keyboard.type(`${month}${day}${year}`);
      return;
    }
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type(text);
  },
  /** Radio buttons are one stop of the tabulator key, and arrows go from one to the next. */
  async pick(choice) {
    await reach(choice, (wanted, focused) => wanted.type === "radio" && wanted.name === focused?.name);
    for (let steps = 0; steps < 40; steps += 1) {
      if (await choice.evaluate((wanted) => wanted === document.activeElement)) break;
      await choice.page().keyboard.press("ArrowDown");
    }
    if (!(await choice.isChecked())) await choice.page().keyboard.press("Space");
  },
};

const STOPS_MAX = 250;

/** Goes on by the tabulator key until something has the focus, or what stands for it. */
async function reach(control, standsFor = () => false) {
  const wanted = await control.elementHandle();
  const page = control.page();
  const isThere = `(wanted) => {
    const focused = document.activeElement;
    return wanted === focused || (${standsFor})(wanted, focused);
  }`;
  const look = await page.evaluateHandle(isThere);
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    if (await page.evaluate(([look, wanted]) => look(wanted), [look, wanted])) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${control} cannot be reached by keyboard on ${page.url()}`);
}
