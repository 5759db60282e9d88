import { defineConfig } from "vite";

// The server serves what is built here; `npm run dev` serves the sources and passes streams on to a running server.
const SERVER = process.env.FACECAST_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "./",
  build: {
    outDir: process.env.FACECAST_PAGE_OUT ?? "../server/page/dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy allows no data: addresses for scripts and models
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: {
    fs: { allow: [".."] },
    proxy: { "/v1": { target: SERVER, ws: true }, "/health": SERVER },
  },
});
