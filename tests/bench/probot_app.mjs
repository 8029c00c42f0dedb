// What the ingest is measured against: a Probot app whose handler does nothing, started as `probot run` starts it.
// The environment configures it (PORT, HOST, WEBHOOK_PATH, WEBHOOK_SECRET, APP_ID, PRIVATE_KEY: any key, GitHub is
// never asked; LOG_LEVEL).
import { run } from 'probot';

await run((app) => void app.on('pull_request', () => {}), { env: process.env });
