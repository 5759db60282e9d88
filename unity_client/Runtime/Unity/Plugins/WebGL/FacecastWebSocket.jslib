// The browser's WebSocket for WebGlTransport.cs. What happens is queued here and taken once a frame; while the page
// is hidden nobody takes it, so the queue drops the oldest packets of faces when it is full.
var FacecastWebSocket = {
  $facecastSockets: {
    next: 1,
    open: {},
    limit: 1024, // messages; half a minute of one face
    opened: 1,
    data: 2,
    closed: 3,

    isPacket: function (bytes) {
      return bytes.length > 1 && (bytes[0] & 0xf0) === 0x90 && bytes[1] === 2;
    },

    push: function (socket, kind, bytes, code) {
      if (socket.queue.length >= facecastSockets.limit && kind === facecastSockets.data) {
        var oldest = socket.queue.findIndex(function (entry) {
          return entry.kind === facecastSockets.data && facecastSockets.isPacket(entry.bytes);
        });
        if (oldest < 0) {
          socket.web.close(4000, "too many messages wait");
          return;
        }
        socket.queue.splice(oldest, 1);
        socket.dropped += 1;
      }
      socket.queue.push({ kind: kind, bytes: bytes, code: code, at: performance.now() });
    },

    end: function (socket, code, text) {
      if (!socket.ended) {
        socket.ended = true;
        facecastSockets.push(socket, facecastSockets.closed, new TextEncoder().encode(text), code);
      }
    },
  },

  FacecastSocketOpen: function (urlPointer, subprotocolPointer) {
    var socket = { queue: [], dropped: 0, ended: false, web: null };
    var id = facecastSockets.next++;
    facecastSockets.open[id] = socket;
    try {
      socket.web = new WebSocket(UTF8ToString(urlPointer), [UTF8ToString(subprotocolPointer)]);
    } catch (error) {
      facecastSockets.end(socket, 0, String(error));
      return id;
    }
    socket.web.binaryType = "arraybuffer";
    socket.web.onopen = function () {
      facecastSockets.push(socket, facecastSockets.opened, new Uint8Array(0), 0);
    };
    socket.web.onmessage = function (event) {
      var bytes = event.data instanceof ArrayBuffer ? new Uint8Array(event.data) : new TextEncoder().encode(event.data);
      facecastSockets.push(socket, facecastSockets.data, bytes, 0);
    };
    socket.web.onclose = function (event) {
      var code = event.code === 1006 ? 0 : event.code; // 1006: there was no close code
      facecastSockets.end(socket, code, event.reason || "the browser's WebSocket closed");
    };
    return id;
  },

  FacecastSocketKind: function (id) {
    var socket = facecastSockets.open[id];
    return socket && socket.queue.length > 0 ? socket.queue[0].kind : 0;
  },

  FacecastSocketCount: function (id) {
    return facecastSockets.open[id].queue[0].bytes.length;
  },

  FacecastSocketCode: function (id) {
    return facecastSockets.open[id].queue[0].code;
  },

  FacecastSocketAge: function (id) {
    return (performance.now() - facecastSockets.open[id].queue[0].at) / 1000;
  },

  FacecastSocketTake: function (id, pointer) {
    HEAPU8.set(facecastSockets.open[id].queue.shift().bytes, pointer);
  },

  FacecastSocketDropped: function (id) {
    var socket = facecastSockets.open[id];
    return socket ? socket.dropped : 0;
  },

  FacecastSocketBuffered: function (id) {
    var socket = facecastSockets.open[id];
    return socket && socket.web ? socket.web.bufferedAmount : 0;
  },

  FacecastSocketSend: function (id, pointer, offset, count) {
    var socket = facecastSockets.open[id];
    if (!socket || !socket.web || socket.web.readyState !== WebSocket.OPEN) {
      return 0;
    }
    socket.web.send(HEAPU8.slice(pointer + offset, pointer + offset + count));
    return 1;
  },

  FacecastSocketClose: function (id) {
    var socket = facecastSockets.open[id];
    delete facecastSockets.open[id];
    if (socket && socket.web) {
      socket.web.onopen = socket.web.onmessage = socket.web.onclose = null;
      socket.web.close(1000);
    }
  },
};

autoAddDeps(FacecastWebSocket, "$facecastSockets");
mergeInto(LibraryManager.library, FacecastWebSocket);
