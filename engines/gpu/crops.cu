// Cut faces out of frames: one launch for every face of every frame of a pass.
//
// Both kernels give what their twins on the CPU give, to one grey level: `warp_crops` what
// engines/stages/align.py's warp does, `box_crops` what engines/boxes.py's crop_boxes does, and for boxes that
// are whole frames what cv2.resize does. Outside its frame a crop is black. Compiled by NVRTC on the machine
// that runs it; the tests compile this same file as C++.
//
// Launch: x covers the height * width pixels of a crop, one thread each; y counts the crops.

struct Frame {                  // (H, W, 3) uint8 RGB, anywhere in the device's memory
    unsigned long long pixels;  // address of the first byte
    int height, width, pitch;   // pitch: bytes from row to row
    int unused;                 // keeps the size a multiple of 8
};

struct Crop {
    float inverse[6];  // (2, 3): crop pixel -> pixel of the frame after `halvings`; centres are whole numbers
    int frame;         // index into the frames
    int halvings;      // how often the frame is halved by area first, against aliasing
};

struct Box {
    int x0, y0, x1, y1;  // whole pixels, edges; may leave the frame
    int frame;
};

static __device__ inline float clamp_level(float value) {
    return value < 0.0f ? 0.0f : (value > 255.0f ? 255.0f : value);
}

// Add weight times one pixel to `sum`; nothing outside the frame.
static __device__ inline void add_pixel(const Frame& frame, int x, int y, float weight, float* sum) {
    if (x < 0 || y < 0 || x >= frame.width || y >= frame.height) return;
    const unsigned char* at = (const unsigned char*)frame.pixels + (long long)y * frame.pitch + 3 * x;
    for (int c = 0; c < 3; ++c) sum[c] += weight * (float)at[c];
}

// The same of the halved frame, where a pixel is the rounded mean of a square of 2^halvings.
static __device__ inline void add_halved(
    const Frame& frame, int halvings, int x, int y, float weight, float* sum) {
    if (halvings == 0) return add_pixel(frame, x, y, weight, sum);
    if (x < 0 || y < 0 || x >= frame.width >> halvings || y >= frame.height >> halvings) return;
    int side = 1 << halvings;
    int total[3] = {0, 0, 0};
    for (int v = y * side; v < (y + 1) * side; ++v) {
        const unsigned char* at =
            (const unsigned char*)frame.pixels + (long long)v * frame.pitch + 3LL * x * side;
        for (int u = 0; u < side; ++u, at += 3)
            for (int c = 0; c < 3; ++c) total[c] += at[c];
    }
    int half = side * side / 2;
    for (int c = 0; c < 3; ++c) sum[c] += weight * (float)((total[c] + half) >> (2 * halvings));
}

// Write one pixel; `at` counts pixels from the first one of the first crop.
static __device__ inline void store(unsigned char* crops, long long at, const float* sum) {
    unsigned char* out = crops + at * 3;
    for (int c = 0; c < 3; ++c) out[c] = (unsigned char)(clamp_level(sum[c]) + 0.5f);
}

// (F) frames, (N) crops -> (N, height, width, 3) uint8: bilinear sampling under each crop's own matrix.
extern "C" __global__ void warp_crops(
    const Frame* frames, const Crop* crops, unsigned char* out, int count, int out_height, int out_width) {
    int pixel = blockIdx.x * blockDim.x + threadIdx.x, index = blockIdx.y;
    if (pixel >= out_height * out_width || index >= count) return;
    const Crop& crop = crops[index];
    const Frame& frame = frames[crop.frame];
    const float* m = crop.inverse;
    float x = (float)(pixel % out_width), y = (float)(pixel / out_width);
    float u = m[0] * x + m[1] * y + m[2], v = m[3] * x + m[4] * y + m[5];
    float sum[3] = {0.0f, 0.0f, 0.0f};
    // Far outside, a coordinate may not fit an int; such a pixel stays black.
    if (u > -2.0f && v > -2.0f && u < (float)frame.width + 1.0f && v < (float)frame.height + 1.0f) {
        float left = floorf(u), top = floorf(v), right = u - left, down = v - top;
        int column = (int)left, row = (int)top;
        add_halved(frame, crop.halvings, column, row, (1.0f - right) * (1.0f - down), sum);
        add_halved(frame, crop.halvings, column + 1, row, right * (1.0f - down), sum);
        add_halved(frame, crop.halvings, column, row + 1, (1.0f - right) * down, sum);
        add_halved(frame, crop.halvings, column + 1, row + 1, right * down, sum);
    }
    store(out, (long long)index * out_height * out_width + pixel, sum);
}

// How much of the source cell `at` lies within [low, high).
static __device__ inline float overlap(int at, float low, float high) {
    return fminf((float)(at + 1), high) - fmaxf((float)at, low);
}

// (F) frames, (N) boxes -> (N, height, width, 3) uint8: a smaller box is enlarged bilinearly, a larger one
// shrunk by area, as cv2.resize does.
extern "C" __global__ void box_crops(
    const Frame* frames, const Box* boxes, unsigned char* out, int count, int out_height, int out_width) {
    int pixel = blockIdx.x * blockDim.x + threadIdx.x, index = blockIdx.y;
    if (pixel >= out_height * out_width || index >= count) return;
    const Box& box = boxes[index];
    const Frame& frame = frames[box.frame];
    int width = box.x1 - box.x0, height = box.y1 - box.y0, column = pixel % out_width, row = pixel / out_width;
    float step_x = (float)width / (float)out_width, step_y = (float)height / (float)out_height;
    float sum[3] = {0.0f, 0.0f, 0.0f};
    if (width > out_width) {
        float left = column * step_x, top = row * step_y, right = left + step_x, bottom = top + step_y;
        // Only the part within the frame: a box may be far larger.
        int first_u = max((int)left, -box.x0), last_u = min(width, frame.width - box.x0);
        int first_v = max((int)top, -box.y0), last_v = min(height, frame.height - box.y0);
        for (int v = first_v; v < last_v && (float)v < bottom; ++v)
            for (int u = first_u; u < last_u && (float)u < right; ++u) {
                float weight = overlap(u, left, right) * overlap(v, top, bottom) / (step_x * step_y);
                if (weight > 0.0f) add_pixel(frame, box.x0 + u, box.y0 + v, weight, sum);
            }
    } else {
        float u = fminf(fmaxf((column + 0.5f) * step_x - 0.5f, 0.0f), (float)(width - 1));
        float v = fminf(fmaxf((row + 0.5f) * step_y - 0.5f, 0.0f), (float)(height - 1));
        int x = (int)u, y = (int)v, next_x = x + 1 < width ? 1 : 0, next_y = y + 1 < height ? 1 : 0;
        float right = u - (float)x, down = v - (float)y;
        x += box.x0;
        y += box.y0;
        add_pixel(frame, x, y, (1.0f - right) * (1.0f - down), sum);
        add_pixel(frame, x + next_x, y, right * (1.0f - down), sum);
        add_pixel(frame, x, y + next_y, (1.0f - right) * down, sum);
        add_pixel(frame, x + next_x, y + next_y, right * down, sum);
    }
    store(out, (long long)index * out_height * out_width + pixel, sum);
}
