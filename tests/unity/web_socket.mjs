// Runs FacecastWebSocket.jslib as Emscripten would link it, against a WebSocket that the test plays. Says "passed" when
// all is well; an assertion ends it otherwise. Argument: the path of the jslib.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import vm from "node:vm";

class FakeSocket {
  static OPEN = 1;
  static last = null;

  constructor(url, protocols) {
    if (url.startsWith("bad")) {
      throw new SyntaxError("not an address");
    }
    Object.assign(this, { url, protocols, readyState: 0, bufferedAmount: 0, sent: [], closed: null });
    FakeSocket.last = this;
  }

  send(bytes) {
    this.sent.push([...bytes]);
  }

  close(code) {
    this.closed = code;
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  receive(...bytes) {
    this.onmessage({ data: new Uint8Array(bytes).buffer });
  }
}

const HEAPU8 = new Uint8Array(4096);
const library = {};
const context = {
  ArrayBuffer, HEAPU8, TextEncoder, Uint8Array, performance,
  LibraryManager: { library },
  UTF8ToString: (text) => text,
  WebSocket: FakeSocket,
  autoAddDeps: (content, name) => assert.ok(name in content),
  mergeInto: (target, content) => Object.assign(target, content),
};
const source = readFileSync(process.argv[2], "utf8");
vm.runInNewContext(source, context);
context.facecastSockets = library.$facecastSockets; // Emscripten strips the dollar and makes it a global
const packet = 2; // the id of a packet
const [OPENED, DATA, CLOSED] = [1, 2, 3];

function take(id) {
  const kind = library.FacecastSocketKind(id);
  if (kind === 0) {
    return null;
  }
  const count = library.FacecastSocketCount(id);
  const code = library.FacecastSocketCode(id);
  assert.ok(library.FacecastSocketAge(id) >= 0);
  library.FacecastSocketTake(id, 100);
  return { kind, code, bytes: [...HEAPU8.slice(100, 100 + count)] };
}

// connects, reports in order, sends a slice of the heap
let id = library.FacecastSocketOpen("ws://host/", "facecast.v1.msgpack");
let socket = FakeSocket.last;
assert.deepEqual([...socket.protocols], ["facecast.v1.msgpack"]);
assert.equal(socket.binaryType, "arraybuffer");
assert.equal(take(id), null);
assert.equal(library.FacecastSocketSend(id, 0, 0, 1), 0, "not open yet");
socket.open();
socket.receive(0x92, 1, 0x80);
assert.equal(take(id).kind, OPENED);
assert.deepEqual(take(id).bytes, [0x92, 1, 0x80]);
HEAPU8.set([7, 8, 9], 200);
assert.equal(library.FacecastSocketSend(id, 198, 2, 3), 1);
assert.deepEqual(socket.sent, [[7, 8, 9]]);
socket.bufferedAmount = 5;
assert.equal(library.FacecastSocketBuffered(id), 5);

// is bounded while nobody takes: the oldest packets go, notices stay
socket.receive(0x93, 3, 2, 1);
for (let i = 0; i < 3000; i++) {
  socket.receive(0x94, packet, i & 0x7f, 0);
}
assert.equal(library.FacecastSocketDropped(id), 3001 - 1024);
assert.deepEqual(take(id).bytes, [0x93, 3, 2, 1]);
let left = 0;
for (let entry = take(id); entry !== null; entry = take(id)) {
  assert.equal(entry.kind, DATA);
  left += 1;
}
assert.equal(left, 1023);

// gives up when even notices are too many
for (let i = 0; i < 1025; i++) {
  socket.receive(0x93, 3, 2, 1);
}
assert.equal(socket.closed, 4000);

// tells the end once, with its code; 1006 is no code
socket.onclose({ code: 4409, reason: "full" });
socket.onclose({ code: 4409, reason: "full" });
let last = null;
let ends = 0;
for (let entry = take(id); entry !== null; entry = take(id)) {
  last = entry;
  ends += entry.kind === CLOSED ? 1 : 0;
}
assert.equal(ends, 1);
assert.equal(last.code, 4409);
assert.equal(String.fromCharCode(...last.bytes), "full");
id = library.FacecastSocketOpen("ws://host/", "p");
FakeSocket.last.onclose({ code: 1006, reason: "" });
assert.equal(take(id).code, 0);

// an address that is none ends at once; closing says goodbye and reports nothing more
id = library.FacecastSocketOpen("bad", "p");
assert.equal(take(id).kind, CLOSED);
id = library.FacecastSocketOpen("ws://host/", "p");
socket = FakeSocket.last;
library.FacecastSocketClose(id);
assert.equal(socket.closed, 1000);
assert.equal(socket.onmessage, null);
assert.equal(library.FacecastSocketKind(id), 0);
assert.equal(library.FacecastSocketDropped(id), 0);
assert.equal(library.FacecastSocketBuffered(id), 0);
assert.equal(library.FacecastSocketSend(id, 0, 0, 1), 0);
console.log("passed");
