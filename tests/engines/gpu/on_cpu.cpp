// The kernels of engines/gpu/crops.cu as C++: what CUDA brings of its own, and loops in place of a grid.
#include <algorithm>
#include <cmath>
#include <cstddef>
#define __device__
#define __global__
using std::max;
using std::min;
struct Index { int x, y; };
static thread_local Index threadIdx, blockIdx, blockDim;
#include "crops.cu"

template <class Kernel, class Table>
static void run(Kernel kernel, Index grid, int block, const Frame* frames, const Table* table,
                unsigned char* out, int count, int height, int width) {
    blockDim = {block, 1};
    for (blockIdx.y = 0; blockIdx.y < grid.y; ++blockIdx.y)
        for (blockIdx.x = 0; blockIdx.x < grid.x; ++blockIdx.x)
            for (threadIdx.x = 0; threadIdx.x < block; ++threadIdx.x) kernel(frames, table, out, count, height, width);
}
extern "C" void run_warp_crops(int gx, int gy, int block, const Frame* f, const Crop* t, unsigned char* o, int n, int h, int w) {
    run(warp_crops, {gx, gy}, block, f, t, o, n, h, w);
}
extern "C" void run_box_crops(int gx, int gy, int block, const Frame* f, const Box* t, unsigned char* o, int n, int h, int w) {
    run(box_crops, {gx, gy}, block, f, t, o, n, h, w);
}
extern "C" int layout(int which) {
    const int values[] = {sizeof(Frame), sizeof(Crop), sizeof(Box), (int)offsetof(Frame, pitch),
                          (int)offsetof(Crop, frame), (int)offsetof(Crop, halvings), (int)offsetof(Box, frame)};
    return values[which];
}
