// A GitHub App of the stand-in: it checks the App's signed tokens as GitHub does, knows where it is installed, and
// mints tokens that reach one installation's chosen repositories for an hour.
import { createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { iso, repoShape, userShape } from './github_shapes.mjs';
import { paged } from './paging.mjs';
import { Refusal } from './refusal.mjs';

const HOUR = 3600 * 1000;
const AHEAD_MAX_S = 600;
/** Stands before the ids of deliveries: they have 64 bits, more than a number of JavaScript holds. */
const LARGE = '9007199254740';
const PERMISSIONS = { metadata: 'read', contents: 'read', pull_requests: 'write', checks: 'write' };

export class App {
  constructor({ id = 4711, slug = 'perf-review' } = {}) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    Object.assign(this, { id, slug, publicKey, minted: [], deliveries: [], permissions: PERMISSIONS, events: ['pull_request'] });
    this.pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
    this.installations = new Map(); // "owner/name" -> { id, suspended }
    this.lifetime = HOUR;
  }

  install(fullName, options = {}) {
    this.installations.set(fullName, { id: 900 + this.installations.size, suspended: false, ...options });
    return this;
  }

  /** Note an attempt to deliver, the newest first, as the App's log shows it. post(): send it once more, gives the status. */
  logDelivery({ guid, event, action, status, post, redelivery = false, at = Date.now() }) {
    const id = 7000 + this.deliveries.length;
    this.deliveries.unshift({ id, guid, event, action, redelivery, status_code: status, post, at });
    return id;
  }

  /** Whether @p token is one that the App itself signed; throws what GitHub says of a bad one. */
  admits(token) {
    const parts = token.split('.');
    if (token.startsWith('ghs_') || parts.length !== 3) return false;
    const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
    const good = createVerify('RSA-SHA256').update(`${parts[0]}.${parts[1]}`).verify(this.publicKey, parts[2], 'base64url');
    if (!good || header.alg !== 'RS256' || String(claims.iss) !== String(this.id)) throw new Refusal(401, 'A JSON web token could not be decoded');
    const now = Math.floor(Date.now() / 1000);
    if (claims.iat > now) throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
    if (claims.exp <= now || claims.exp > now + AHEAD_MAX_S) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    return true;
  }

  /** A token of the shape and length that GitHub gives out since 2026. */
  mint(only) {
    const part = (bytes) => randomBytes(bytes).toString('base64url');
    const token = `ghs_${this.id}_${part(60)}.${part(200)}.${part(120)}`;
    this.minted.push({ token, only });
    return token;
  }
}

const asApp = ({ viewer }) => {
  if (!viewer.jwt) throw new Refusal(401, 'A JSON web token could not be decoded');
};

function installation({ github: { app }, at }, fullName, one) {
  const [owner] = fullName.split('/');
  return { id: one.id, account: { ...userShape(at, { id: 5, login: owner }), type: 'Organization' }, repository_selection: 'selected',
    access_tokens_url: `${at.api}/app/installations/${one.id}/access_tokens`, repositories_url: `${at.api}/installation/repositories`,
    html_url: `${at.url}/settings/installations/${one.id}`, app_id: app.id, app_slug: app.slug, target_id: 5, target_type: 'Organization',
    permissions: app.permissions, events: ['pull_request'], created_at: iso(1700000000000), updated_at: iso(1700000000000),
    single_file_name: null, suspended_by: null, suspended_at: one.suspended ? iso(1700000000000) : null };
}

/** A page of the log; its cursor is the place of the first entry of the page that follows. */
function deliveryPage({ github: { app, url, pageMax }, params, path, query }) {
  const size = Math.min(params.per_page ?? 30, pageMax ?? 100);
  const from = Number(params.cursor ?? 0);
  const next = new URLSearchParams({ ...Object.fromEntries(query), cursor: from + size });
  const headers = from + size < app.deliveries.length ? { link: `<${url}${path}?${next}>; rel="next"` } : {};
  const body = app.deliveries.slice(from, from + size).map((one) => ({ id: one.id, guid: one.guid, delivered_at: iso(one.at),
    redelivery: one.redelivery, duration: 0.3, status: one.status_code < 300 ? 'OK' : 'Service Unavailable', status_code: one.status_code,
    event: one.event, action: one.action, installation_id: 900, repository_id: 1 }));
  return { status: 200, headers, body, text: JSON.stringify(body).replaceAll('{"id":', `{"id":${LARGE}`) };
}

export const APP_HANDLERS = {
  'apps/list-installations': (context) => {
    asApp(context);
    const seen = new Map();
    for (const [fullName, one] of context.github.app.installations) if (!seen.has(one.id)) seen.set(one.id, [fullName, one]);
    return paged(context, [...seen.values()], ([fullName, one]) => installation(context, fullName, one));
  },
  'apps/list-repos-accessible-to-installation': (context) => {
    const { github, viewer, at } = context;
    if (!viewer.only) throw new Refusal(403, 'Resource not accessible by personal access token');
    const names = viewer.only.filter((name) => github.repos.has(name));
    const page = paged(context, names, (name) => repoShape(at, github.repos.get(name)));
    return { ...page, body: { total_count: names.length, repositories: page.body } };
  },
  'apps/list-webhook-deliveries': (context) => {
    asApp(context);
    return deliveryPage(context);
  },
  'apps/redeliver-webhook-delivery': (context) => {
    asApp(context);
    const { app } = context.github;
    const one = app.deliveries.find((each) => context.path.endsWith(`/${LARGE}${each.id}/attempts`));
    if (!one) throw new Refusal(404, 'Not Found');
    // GitHub answers first and delivers afterwards.
    setImmediate(async () => app.logDelivery({ ...one, status: await one.post(), redelivery: true, at: Date.now() }));
    return { status: 202, body: {} };
  },
  'apps/get-authenticated': (context) => {
    asApp(context);
    const { github: { app }, at } = context;
    return { status: 200, body: { id: app.id, slug: app.slug, node_id: 'A_1', owner: userShape(at, { id: 5, login: 'acme' }), name: 'perf-review',
      description: '', external_url: at.url, html_url: `${at.url}/apps/${app.slug}`, created_at: iso(1700000000000),
      updated_at: iso(1700000000000), permissions: app.permissions, events: app.events } };
  },
  'apps/get-repo-installation': (context) => {
    asApp(context);
    const fullName = `${context.params.owner}/${context.params.repo}`;
    const one = context.github.app.installations.get(fullName);
    if (!one) throw new Refusal(404, 'Not Found');
    return { status: 200, body: installation(context, fullName, one) };
  },
  'apps/create-installation-access-token': (context) => {
    asApp(context);
    const { github, params, body } = context;
    const { app } = github;
    const found = [...app.installations].filter(([, one]) => one.id === params.installation_id);
    if (found.length === 0) throw new Refusal(404, 'Not Found');
    if (found[0][1].suspended) throw new Refusal(403, 'This installation has been suspended');
    const wanted = body?.repositories;
    const only = found.map(([name]) => name).filter((name) => !wanted || wanted.includes(name.split('/')[1]));
    if (wanted && only.length < wanted.length) throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
    const token = app.mint(only);
    github.tokens.set(token, { login: `${app.slug}[bot]`, app: true, contents: 'read', only });
    return { status: 201, body: { token, expires_at: iso(Date.now() + app.lifetime), permissions: app.permissions, repository_selection: 'selected' } };
  },
};
