// What does a person do on the page, and what do they see there?
"use strict";
const { everywhere } = require("./axe");

// The lists in which things are told; what stands in menus and forms does not count.
const LISTS = { aws: "#case", slack: "#messages, #replies", jira: "#issue, #activity" };

// The forms that were seen.
const FORMS = new Set();

class Person {
  constructor(page) {
    this.page = page;
    this.told = [];
    this.form = page.locator("#view");
    this.card = page.locator("#messages .message").first();
  }

  // ---------------------------------------------------------------- what they do

  // Presses the newest button of this name; `where` narrows it down.
  async presses(name, where = this.page) {
    await where.getByRole("button", { name, exact: true }).last().click();
  }

  async goesTo(place) {
    await this.page.locator("#places").getByRole("button", { name: place }).click();
  }

  async is(name) {
    const role = { Ana: "admin", Bo: "responder", Cem: "commander", Dia: "viewer", Eli: "no role", Gil: "guest" }[name];
    await this.page.getByLabel("You are").selectOption({ label: `${name} (${role || "of another organisation"})` });
  }

  async writes(label, text, where = this.form) {
    await where.getByLabel(label, { exact: true }).fill(text);
  }

  async chooses(label, option, where = this.form) {
    await where.getByLabel(label, { exact: true }).selectOption({ label: option });
  }

  async ticks(label) {
    await this.form.getByLabel(label, { exact: true }).check();
  }

  // Writes a message in the channel.
  async says(text) {
    await this.page.locator("#line").fill(text);
    await this.presses("Send");
  }

  // Writes in the thread that is open, perhaps with a file `{name, text}`.
  async replies(text, file) {
    if (file) {
      const picked = { name: file.name, mimeType: "text/plain", buffer: Buffer.from(file.text) };
      await this.page.locator("#reply-pick").setInputFiles(picked);
    }
    await this.page.locator("#reply").fill(text);
    await this.presses("Reply");
  }

  // All events of SIR come once more.
  async deliversAgain() {
    await this.page.getByText("Membership, events").click();
    await this.presses("Deliver all events again");
    await this.page.getByText("Membership, events").click();
  }

  // Opens the thread below the newest card.
  async opensThread() {
    await this.presses("Reply in thread", this.card);
    await this.page.locator("#thread").waitFor();
  }

  // Chooses something in a message's menu.
  async choosesOn(text, action) {
    const message = this.page.locator("#messages .message, #replies .message", { hasText: text }).first();
    if (!(await message.locator(".menu details").evaluate((menu) => menu.open))) await message.getByText("More actions").click();
    await this.presses(action, message);
  }

  // Chooses something in the menu of the newest card.
  async choosesOnCard(name) {
    const item = this.card.getByRole("button", { name, exact: true }).last();
    // A card that is drawn anew closes its menu.
    for (let tries = 1; ; tries += 1) {
      if (!(await item.isVisible())) await this.card.locator("summary[aria-label=More]").last().click();
      try {
        return await item.click({ timeout: 2000 });
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  // By the card's menu, and by the button that says that it is final.
  async closesCase() {
    await this.choosesOnCard("Close…");
    await this.seesForm("Close the case");
    await this.form.getByText("That is final").waitFor();
    await this.presses("Close the case", this.form);
    await this.seesFormClose();
  }

  async actsAsAws(label, text, button) {
    await this.writes(label, text, this.page);
    await this.presses(button);
  }

  // ---------------------------------------------------------------- what they see

  // Exactly so often.
  async seesTimes(where, text, times) {
    await this.until(where, text, (count) => count === times, `is not to be seen ${times} times`);
  }

  async sees(where, ...texts) {
    for (const text of texts) {
      await this.until(where, text, (count) => count > 0, "is not to be seen");
    }
  }

  // Once, and never again: asked once more at the end, see `stillOnce`.
  async seesOnce(where, ...texts) {
    for (const text of texts) {
      await this.seesTimes(where, text, 1);
      this.told.push([where, text]);
    }
  }

  async seesEverywhereOnce(...texts) {
    for (const where of Object.keys(LISTS)) await this.seesOnce(where, ...texts);
  }

  async stillOnce() {
    for (const [where, text] of this.told) {
      const count = await this.counts(where, text);
      if (count !== 1) throw new Error(`"${text}" stands ${count} times at ${where}`);
    }
  }

  async seesNoMore(where, text) {
    await this.until(where, text, (count) => count === 0, "is still to be seen");
  }

  // Who sees a form first, in any story, sees whether everybody can use it.
  async seesForm(title) {
    await this.form.getByRole("heading", { name: title, exact: true }).waitFor();
    if (FORMS.has(title)) return;
    FORMS.add(title);
    await this.form.getByText("One moment").waitFor({ state: "hidden" });
    await everywhere(this.page, `the form "${title}"`, "#view");
  }

  async seesFormClose() {
    await this.form.waitFor({ state: "hidden" });
  }

  // What stands at a field, and nowhere else, as wrong.
  async seesWrong(label, why) {
    const field = this.form.locator(".field", { has: this.page.getByLabel(label, { exact: true }) });
    await field.locator(".error", { hasText: why }).waitFor();
  }

  // The three counters, and what is on the way.
  async seesZeros() {
    for (const id of ["lost", "doubled", "disordered"]) {
      const count = await this.page.locator("#" + id).innerText();
      if (count !== "0") throw new Error(`${id}: ${count}\n` + (await this.page.locator("#why").innerText()));
    }
  }

  async seesAllTold() {
    await this.page.locator("#under-way", { hasText: /^0$/ }).waitFor();
    await this.seesZeros();
  }

  // A fault is switched on, or off.
  async switches(name) {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  async lets(time) {
    await this.presses(time);
    await this.page.getByRole("button", { name: time, exact: true }).and(this.page.locator(":enabled")).waitFor();
  }

  async seesValue(label, value) {
    const now = await this.form.getByLabel(label, { exact: true }).inputValue();
    if (now !== value) throw new Error(`"${label}" holds "${now}", not "${value}"`);
  }

  async seesButtons(where, present, absent) {
    await where.getByRole("button", { name: present, exact: true }).first().waitFor();
    await where.getByRole("button", { name: absent, exact: true }).first().waitFor({ state: "hidden" });
  }

  async counts(where, text) {
    const shown = (await this.page.locator(LISTS[where]).allInnerTexts()).join(" ");
    return shown.replace(/\s+/g, " ").split(text).length - 1;
  }

  // Looks each time the page has drawn itself, until it is so.
  async until(where, text, isSo, otherwise) {
    const late = Date.now() + 20_000;
    while (!isSo(await this.counts(where, text))) {
      if (Date.now() > late) throw new Error(`"${text}" ${otherwise} at ${where}`);
      await this.page.waitForTimeout(40);
    }
  }
}

module.exports = { Person, FORMS };
