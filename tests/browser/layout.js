// What a reader would see wrong on a page: a sideways scroll, cut text, broken words, labels on top of each other.
() => {
  const faults = [];
  const wide = document.documentElement.clientWidth;
  const say = (what, element) => faults.push(`${what}: <${element.tagName.toLowerCase()}> ${
    (element.getAttribute("aria-label") || element.textContent).trim().replace(/\s+/g, " ").slice(0, 60)}`);
  const style = (element) => getComputedStyle(element);
  const scrolls = (element) => /auto|scroll/.test(style(element).overflowX);
  const insideOf = (element, test) => {
    for (let one = element.parentElement; one; one = one.parentElement) if (test(one)) return one;
    return null;
  };
  const aside = (element) => element.closest(".skip") || element.getBoundingClientRect().right < -1000;

  if (document.documentElement.scrollWidth > wide) faults.push(
    `the page is ${document.documentElement.scrollWidth} px wide in a window of ${wide} px`);

  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (!element.checkVisibility() || !box.width || !box.height || aside(element)) continue;
    if ((box.right > wide + 1 || box.left < -1) && !insideOf(element, scrolls)) say("beyond the window", element);
    if (/hidden|clip/.test(style(element).overflowX) && !element.closest("svg")
        && element.scrollWidth > element.clientWidth + 1) say("cut at its right", element);
    if (/hidden|clip/.test(style(element).overflowY) && !element.closest("svg")
        && element.scrollHeight > element.clientHeight + 1) say("cut at its foot", element);
  }

  for (const drawing of document.querySelectorAll("svg")) {
    if (!drawing.checkVisibility()) continue;
    const frame = drawing.getBoundingClientRect();
    const labels = [...drawing.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    labels.forEach(([text, box], place) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
          || box.bottom > frame.bottom + 1) say("a label beyond its figure", text);
      for (const [other, its] of labels.slice(place + 1)) {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        if (across > 1 && down > 3) say(`a label on '${other.textContent}'`, text);
      }
    });
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("svg, code")) continue;
    for (const word of node.data.matchAll(/(?<!\S)[\p{L}\p{N}.,%+]{2,14}(?!\S)/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].filter((one) => one.width).map((one) => Math.round(one.top)));
      if (tops.size > 1 && !/\p{Script=Han}/u.test(word[0])) say(`'${word[0]}' is broken`, node.parentElement);
    }
  }
  return [...new Set(faults)];
}
