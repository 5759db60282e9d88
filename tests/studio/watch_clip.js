/** Runs in the page: notes the number that stands in each recorded picture, and what the character wears at each moment. */
(cells, shapes) => {
  window.numbers = [];
  window.worn = [];
  const canvas = new OffscreenCanvas(640, 360);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const { picture, recording, room, wearers } = studio;
  const show = picture.show.bind(picture);

  const isWhite = (bit) => context.getImageData((bit + 0.5) * cells.size, cells.middle, 1, 1).data[1] > 128;
  const readNumber = (bitmap) => {
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    let number = isWhite(cells.count - 1) ? 0 : -1000;
    for (let bit = 0; bit < cells.count - 1; bit++) if (isWhite(bit)) number += 2 ** bit;
    return number;
  };
  picture.show = (bitmap, faces) => {
    if (recording.recorder.running && faces.length > 0) window.numbers.push(readNumber(bitmap));
    show(bitmap, faces);
  };

  const look = () => {
    const face = wearers.shown.get(room.selfId);
    const character = wearers.characterOf(room.selfId);
    if (face?.presence === 1 && character) window.worn.push([face.captureTimeMs, ...shapes.map((name) => character.influence(name))]);
    requestAnimationFrame(look);
  };
  look();
}
