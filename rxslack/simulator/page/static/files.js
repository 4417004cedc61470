// Files: pictures are shown, all else can be saved. Their bytes come with the key, so not by an address.

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { fileContent } from "./server.js";
import { tell } from "./store.js";

const TYPES = /^image\/(png|jpeg|gif|webp|svg\+xml|bmp)$/;
const addresses = new Map(); // of pictures by file, the newest
const MOST = 50;

async function addressOf(id, type) {
  if (!addresses.has(id)) {
    addresses.set(id, URL.createObjectURL(await fileContent(id, type)));
    if (addresses.size > MOST) {
      const [oldest, address] = addresses.entries().next().value;
      addresses.delete(oldest);
      URL.revokeObjectURL(address);
    }
  }
  return addresses.get(id);
}

/** A picture that was uploaded. */
export function filePicture(id, type, alt, size) {
  const image = h("img", { alt, class: `picture ${size}` });
  addressOf(id, type).then((address) => { image.src = address; }, () => image.replaceWith(h("span", { class: `picture ${size}` }, alt)));
  return image;
}

/** A file of a message. */
export function file(one) {
  const save = async () => {
    try {
      const address = URL.createObjectURL(await fileContent(one.id, "application/octet-stream"));
      h("a", { href: address, download: one.name ?? one.id }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    } catch (error) {
      tell("trouble", error.message);
    }
  };
  const name = one.title || one.name || one.id;
  return h("figure", { class: "file" },
    h("figcaption", {}, icon("file"), " ", name, " ", h("small", {}, `${one.pretty_type ?? ""} ${one.size ?? 0} bytes`), " ", button("Save", save, { class: "link", "aria-label": `Save ${name}` })),
    TYPES.test(one.mimetype ?? "") ? filePicture(one.id, one.mimetype, one.alt_txt || name, "large") : "");
}
