import { defineConfig } from 'vite';

/** Browsers give memory that threads share only to pages with these two headers. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  server: { headers },
  preview: { headers },
  // the development server leaves the package as it is, so that its workers are found
  optimizeDeps: { exclude: ['beaverdam'], include: ['beaverdam > papaparse'] },
  // workers that load what they need when they need it
  worker: { format: 'es' },
  build: { target: 'es2022' },
});
