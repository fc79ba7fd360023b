// How do pictures of the page become one small picture that moves? As a PNG's animation: 255 colours for all of them, and of each but
// the first only what differs from the one before.
"use strict";
const zlib = require("node:zlib");

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

// The pixels of a PNG as a browser makes it: eight bits a channel, not interlaced.
function decode(png) {
  const parts = [];
  let width, height, channels;
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const kind = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (kind === "IHDR") [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (kind === "IDAT") parts.push(data);
  }
  const raw = zlib.inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const bytes = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const here = y * stride + x;
      const left = x < channels ? 0 : bytes[here - channels];
      const up = y ? bytes[here - stride] : 0;
      const both = y && x >= channels ? bytes[here - stride - channels] : 0;
      bytes[here] = raw[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, both)][filter];
    }
  }
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = bytes.readUIntBE(at * channels, 3);
  return { width, height, pixels };
}

function paeth(left, up, both) {
  const [a, b, c] = [Math.abs(up - both), Math.abs(left - both), Math.abs(left + up - 2 * both)];
  return a <= b && a <= c ? left : b <= c ? up : both;
}

// The colours that are seen most; every other one becomes the nearest of them.
function palette(pictures) {
  const counts = new Map();
  for (const { pixels } of pictures) for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const colours = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 255).map(([colour]) => colour);
  const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const far = (a, b) => channels(a).reduce((sum, value, at) => sum + (value - channels(b)[at]) ** 2, 0);
  const nearest = (colour) => {
    let best = 0;
    for (let at = 1; at < colours.length; at += 1) if (far(colour, colours[at]) < far(colour, colours[best])) best = at;
    return best;
  };
  // The first one is none: what stood there before shows through.
  const index = new Map(colours.map((colour, at) => [colour, at + 1]));
  for (const colour of counts.keys()) if (!index.has(colour)) index.set(colour, nearest(colour) + 1);
  return { plte: Buffer.from([0, 0, 0, ...colours.flatMap(channels)]), index };
}

// Where a picture differs from the one before: `[left, top, width, height]`.
function changed({ width, height, pixels }, before) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let at = 0; at < pixels.length; at += 1) {
    if (before && pixels[at] === before.pixels[at]) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
  }
  return right ? [left, top, right - left, bottom - top] : [0, 0, 1, 1];
}

function packed({ width, pixels }, before, [left, top, wide, high], index) {
  const rows = Buffer.alloc((wide + 1) * high);
  for (let y = 0; y < high; y += 1)
    for (let x = 0; x < wide; x += 1) {
      const at = (top + y) * width + left + x;
      rows[y * (wide + 1) + 1 + x] = before && before.pixels[at] === pixels[at] ? 0 : index.get(pixels[at]);
    }
  return zlib.deflateSync(rows, { level: 9, memLevel: 9 });
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

const numbers = (...all) => Buffer.concat(all.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));

// Of PNGs of one size, each shown so many milliseconds.
exports.animated = (pngs, millis) => {
  const pictures = pngs.map(decode);
  const { plte, index } = palette(pictures);
  const { width, height } = pictures[0];
  let number = 0;
  const frame = (picture, at) => {
    const [left, top, wide, high] = changed(picture, pictures[at - 1]);
    const last = at === pictures.length - 1;
    const delay = Buffer.from([0, 0, 1000 >> 8, 1000 & 255, 0, 1]);
    delay.writeUInt16BE(last ? 3 * millis : millis);
    const control = chunk("fcTL", Buffer.concat([numbers(number++, wide, high, left, top), delay]));
    const data = packed(picture, pictures[at - 1], [left, top, wide, high], index);
    return [control, at ? chunk("fdAT", Buffer.concat([numbers(number++), data])) : chunk("IDAT", data)];
  };
  const head = chunk("IHDR", Buffer.concat([numbers(width, height), Buffer.from([8, 3, 0, 0, 0])]));
  const frames = pictures.flatMap(frame);
  return Buffer.concat([SIGNATURE, head, chunk("acTL", numbers(pictures.length, 0)), chunk("PLTE", plte), chunk("tRNS", Buffer.from([0])), ...frames, chunk("IEND", Buffer.alloc(0))]);
};
