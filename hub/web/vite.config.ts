// Builds the page into dist/, which the hub carries inside its own program.
import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  // Relative, so that the page also works below a path, behind a proxy or Home Assistant's ingress.
  base: "./",
  build: {
    target: "es2020",
    // No inlining: the page's content security policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // Those that drive a browser have a configuration of their own.
  test: { include: ["src/**/*.test.ts"] },
  // HEARTH_HUB: a hub at another address. It wants a page to come from where it is asked, so the host stays.
  server: {
    proxy: { "/api": { target: process.env.HEARTH_HUB ?? "http://127.0.0.1:8470", changeOrigin: false } },
  },
});
