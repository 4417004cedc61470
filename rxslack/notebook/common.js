// What the pages of all widgets begin with: a module cannot import another one here.

function element(kind, given = {}, ...children) {
  const made = document.createElement(kind);
  for (const [key, value] of Object.entries(given)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
