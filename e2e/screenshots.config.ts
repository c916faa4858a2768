/** `npm run screenshots`: every view of the built page with real content, into docs/screenshots. */
import { defineConfig } from '@playwright/test';
import browserTests from './playwright.config.ts';

export default defineConfig(browserTests, { testDir: 'screenshots', timeout: 1_800_000, reporter: 'list' });
