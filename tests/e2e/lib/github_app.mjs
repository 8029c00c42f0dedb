// A GitHub App of the stand-in: it checks the App's signed tokens as GitHub does, knows where it is installed, and
// mints tokens that reach one installation's chosen repositories for an hour.
import { createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { iso, userShape } from './github_shapes.mjs';
import { Refusal } from './refusal.mjs';

const HOUR = 3600 * 1000;
const AHEAD_MAX_S = 600;
const PERMISSIONS = { metadata: 'read', contents: 'read', pull_requests: 'write', checks: 'write' };

export class App {
  constructor({ id = 4711, slug = 'perf-review' } = {}) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    Object.assign(this, { id, slug, publicKey, minted: [] });
    this.pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
    this.installations = new Map(); // "owner/name" -> { id, suspended }
    this.lifetime = HOUR;
  }

  install(fullName, options = {}) {
    this.installations.set(fullName, { id: 900 + this.installations.size, suspended: false, ...options });
    return this;
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
    permissions: PERMISSIONS, events: ['pull_request'], created_at: iso(1700000000000), updated_at: iso(1700000000000),
    single_file_name: null, suspended_by: null, suspended_at: one.suspended ? iso(1700000000000) : null };
}

export const APP_HANDLERS = {
  'apps/get-authenticated': (context) => {
    asApp(context);
    const { github: { app }, at } = context;
    return { status: 200, body: { id: app.id, slug: app.slug, node_id: 'A_1', owner: userShape(at, { id: 5, login: 'acme' }), name: 'perf-review',
      description: '', external_url: at.url, html_url: `${at.url}/apps/${app.slug}`, created_at: iso(1700000000000),
      updated_at: iso(1700000000000), permissions: PERMISSIONS, events: ['pull_request'] } };
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
    const found = [...app.installations].find(([, one]) => one.id === params.installation_id);
    if (!found) throw new Refusal(404, 'Not Found');
    const [fullName, one] = found;
    if (one.suspended) throw new Refusal(403, 'This installation has been suspended');
    if (!(body?.repositories ?? []).every((name) => fullName.endsWith(`/${name}`))) throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
    const token = app.mint(fullName);
    github.tokens.set(token, { login: `${app.slug}[bot]`, app: true, contents: 'read', only: fullName });
    return { status: 201, body: { token, expires_at: iso(Date.now() + app.lifetime), permissions: PERMISSIONS, repository_selection: 'selected' } };
  },
};
