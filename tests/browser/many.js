// Does a thread of a thousand messages stay as light as what is seen of it?
"use strict";

exports.name = "1,000 messages in a thread make no more nodes than are seen";

exports.tell = async (person) => {
  const { page } = person;
  await person.says("Let us count.");
  await person.sees("slack", "Let us count.");
  const first = await page.locator("#messages .message").first().getAttribute("id");
  // What a thousand people would type.
  await page.evaluate(async (thread) => {
    const user = document.querySelector("#person").value;
    for (let number = 1; number <= 1000; number += 1)
      await fetch("/acts", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ do: "says", user, text: `Number ${number}.`, thread }),
      });
  }, first.replace("message-", ""));
  await person.opensThread();
  await person.sees("slack", "Number 1000.");
  const nodes = () => page.locator("#replies .message").count();
  if ((await nodes()) > 80) throw new Error(`${await nodes()} messages are on the page`);
  await page.locator("#replies").evaluate((list) => (list.scrollTop = 0));
  await person.sees("slack", "Number 1.");
  if ((await nodes()) > 80) throw new Error(`${await nodes()} messages are on the page`);
};
