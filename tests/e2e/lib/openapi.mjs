// GitHub's own OpenAPI document as a checker: a slice of the operations that the stand-in offers, tightened where
// the document lets mistakes through, compiled with ajv. The slice is made at first use and kept under .cache/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const here = dirname(fileURLToPath(import.meta.url));
const CACHE = join(here, '..', '.cache');
export const BODY_MAX = 65536;

export const OPERATIONS = [
  'meta/get', 'rate-limit/get', 'users/get-authenticated',
  'repos/get', 'repos/get-commit', 'repos/compare-commits-with-basehead',
  'repos/get-collaborator-permission-level', 'repos/create-commit-status',
  'apps/list-installations', 'apps/list-repos-accessible-to-installation', 'apps/list-webhook-deliveries',
  'apps/redeliver-webhook-delivery', 'apps/get-authenticated', 'apps/get-repo-installation', 'apps/create-installation-access-token',
  'checks/create', 'checks/update', 'checks/get', 'checks/list-for-ref',
  'pulls/list', 'pulls/get', 'pulls/list-files', 'pulls/create-review', 'pulls/list-reviews', 'pulls/get-review',
  'pulls/update-review', 'pulls/submit-review', 'pulls/delete-pending-review', 'pulls/list-comments-for-review',
  'pulls/list-review-comments', 'pulls/get-review-comment', 'pulls/create-review-comment',
  'pulls/update-review-comment', 'pulls/delete-review-comment', 'pulls/create-reply-for-review-comment',
  'issues/list-comments', 'issues/create-comment', 'issues/get-comment', 'issues/update-comment',
  'issues/delete-comment', 'reactions/create-for-issue-comment', 'reactions/create-for-pull-request-review-comment',
];

const isObject = (value) => value !== null && typeof value === 'object';

/** Every "#/..." that is named anywhere below @p node. */
function* refsOf(node) {
  if (!isObject(node)) return;
  if (typeof node.$ref === 'string') yield node.$ref;
  for (const child of Object.values(node)) yield* refsOf(child);
}

function resolveRef(document, ref) {
  return ref.slice(2).split('/').reduce((at, key) => at[key.replace(/~1/g, '/').replace(/~0/g, '~')], document);
}

/** Copy the named operations and, transitively, all that they refer to. */
export function sliceDocument(document, ids) {
  const slice = { info: document.info, operations: {}, components: {} };
  const wanted = new Set(ids);
  const queue = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!wanted.delete(operation.operationId)) continue;
      const { parameters = [], requestBody = null, responses } = operation;
      slice.operations[operation.operationId] = { method: method.toUpperCase(), path, parameters, requestBody, responses };
      queue.push(...refsOf(slice.operations[operation.operationId]));
    }
  }
  if (wanted.size > 0) throw new Error(`not in GitHub's OpenAPI document: ${[...wanted].join(', ')}`);
  const seen = new Set();
  while (queue.length > 0) {
    const ref = queue.pop();
    if (seen.has(ref)) continue;
    seen.add(ref);
    const [, , kind, name] = ref.split('/');
    slice.components[kind] ??= {};
    slice.components[kind][name] = resolveRef(document, ref);
    queue.push(...refsOf(slice.components[kind][name]));
  }
  return slice;
}

/** OpenAPI 3.0 to JSON Schema draft-07: `nullable` is another type there, examples are of no use to a checker. */
function toJsonSchema(node) {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (!isObject(node)) return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'nullable' || key === 'discriminator' || key === 'xml' || key.startsWith('x-')) continue;
    if ((key === 'example' || key === 'examples' || key === 'externalDocs') && !isProperties(node)) continue;
    out[key] = toJsonSchema(value);
  }
  return node.nullable === true ? { anyOf: [{ type: 'null' }, out] } : out;
}

/** A `properties` object may hold a property that is called "example"; a schema has at least one of these words. */
function isProperties(node) {
  return !['type', '$ref', 'anyOf', 'oneOf', 'allOf', 'schema', 'description', 'name'].some(
    (key) => typeof node[key] === 'string' || Array.isArray(node[key]));
}

/** What the document allows and GitHub refuses: unknown fields, sides other than two, bodies over the limit. */
function tighten(schema) {
  if (!isObject(schema)) return;
  if (Array.isArray(schema)) {
    schema.forEach(tighten);
    return;
  }
  if (isObject(schema.properties) && schema.additionalProperties === undefined) schema.additionalProperties = false;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name === 'side' || name === 'start_side') property.enum = ['LEFT', 'RIGHT'];
    if (name === 'body' && property.type === 'string') property.maxLength = BODY_MAX;
    if (name === 'line' || name === 'start_line') property.minimum = 1;
    if (name === 'commit_id' || name === 'head_sha') property.pattern = '^([0-9a-f]{40}|[0-9a-f]{64})$';
  }
  Object.values(schema).forEach(tighten);
}

/** @p name: a document of the package, e.g. "api.github.com". */
function loadSlice(name) {
  const require = createRequire(import.meta.url);
  const source = require.resolve(`@octokit/openapi/generated/${name}.json`);
  const version = JSON.parse(readFileSync(join(dirname(source), '..', 'package.json'), 'utf8')).version;
  const key = createHash('sha256').update(`${version} ${OPERATIONS.join()}`).digest('hex').slice(0, 16);
  const file = join(CACHE, `${name}-${key}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const slice = sliceDocument(JSON.parse(readFileSync(source, 'utf8')), OPERATIONS);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(slice));
  renameSync(`${file}.${process.pid}`, file); // test files run side by side and must never read half a slice
  return slice;
}

/** Path and query values arrive as text; the document says what they must read as. */
function coerce(text, schema) {
  const types = [schema.type ?? (schema.oneOf ?? schema.anyOf ?? []).map((one) => one.type)].flat();
  if (types.includes('integer') && /^-?\d+$/.test(text)) return Number(text);
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

class Checker {
  constructor(slice) {
    this.ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
    addFormats(this.ajv);
    this.slice = slice;
    this.ajv.addSchema({ $id: 'github', components: toJsonSchema(slice.components) });
    this.compiled = new Map();
    this.routes = Object.entries(slice.operations).map(([id, operation]) => this.#route(id, operation));
    // The longer template first: a {ref} may hold slashes, but /commits/x/check-runs is not the commit "x/check-runs".
    const depth = (route) => route.regex.source.split('/').length;
    this.routes.sort((a, b) => depth(b) - depth(a) || a.names.length - b.names.length);
  }

  #route(id, operation) {
    const names = [];
    const pattern = operation.path.replace(/[.]/g, '\\.').replace(/\{([^}]+)\}/g, (_, name) => {
      names.push(name);
      return name === 'basehead' || name === 'ref' ? '(.+)' : '([^/]+)';
    });
    const parameters = operation.parameters.map((p) => (p.$ref ? resolveRef(this.slice, p.$ref) : p));
    return { id, method: operation.method, regex: new RegExp(`^${pattern}$`), names, parameters };
  }

  #schema(key, build) {
    if (!this.compiled.has(key)) {
      const schema = build();
      const text = JSON.stringify(schema).replace(/"#\/components\//g, '"github#/components/');
      this.compiled.set(key, this.ajv.compile(JSON.parse(text)));
    }
    return this.compiled.get(key);
  }

  #explain(validate) {
    return (validate.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
  }

  /** The operation at this path, or null. */
  match(method, path) {
    for (const route of this.routes) {
      const found = route.method === method ? route.regex.exec(path) : null;
      if (!found) continue;
      try {
        const values = Object.fromEntries(route.names.map((name, i) => [name, decodeURIComponent(found[i + 1])]));
        return { route, id: route.id, values };
      } catch {
        return null; // a broken percent sign is no known path
      }
    }
    return null;
  }

  /** Problems of path and query; also gives the values as the types that the document states. */
  parameters({ route, values }, query) {
    const problems = [];
    const typed = {};
    const known = new Map(route.parameters.map((p) => [`${p.in} ${p.name}`, p]));
    const given = [...Object.entries(values).map((e) => ['path', ...e]), ...[...query].map((e) => ['query', ...e])];
    for (const [place, name, text] of given) {
      const parameter = known.get(`${place} ${name}`);
      if (!parameter) {
        problems.push(`${place} parameter ${name} is not in the document`);
        continue;
      }
      const value = coerce(text, parameter.schema);
      const validate = this.#schema(`${route.id} ${place} ${name}`, () => toJsonSchema(parameter.schema));
      if (!validate(value)) problems.push(`${place} parameter ${name}: ${this.#explain(validate).join('; ')}`);
      if (name === 'per_page' && (value < 1 || value > 100)) problems.push(`per_page ${value} is outside 1 to 100`);
      typed[name] = value;
    }
    return { problems, typed };
  }

  /** Problems of a request body (undefined: none was sent). */
  body(id, body) {
    const { requestBody } = this.slice.operations[id];
    const content = requestBody?.content?.['application/json'];
    if (!content) return body === undefined ? [] : ['this operation takes no body'];
    if (body === undefined) return requestBody.required ? ['a body is required'] : [];
    const validate = this.#schema(`${id} body`, () => {
      const schema = toJsonSchema(content.schema);
      tighten(schema);
      return schema;
    });
    return validate(body) ? [] : this.#explain(validate);
  }

  /** Problems of an answer of the stand-in itself. */
  answer(id, status, body) {
    let response = this.slice.operations[id].responses[String(status)];
    if (response?.$ref) response = resolveRef(this.slice, response.$ref);
    if (!response) return [`status ${status} is not in the document for ${id}`];
    const content = response.content?.['application/json'];
    if (!content) return [];
    const validate = this.#schema(`${id} ${status}`, () => toJsonSchema(content.schema));
    return validate(body) ? [] : this.#explain(validate);
  }
}

const shared = new Map();

/** One checker of each document serves the whole process: compiling it costs more than a test. */
function checkerOf(name) {
  if (!shared.has(name)) shared.set(name, new Checker(loadSlice(name)));
  return shared.get(name);
}

export const githubChecker = () => checkerOf('api.github.com');

/** The oldest Enterprise Server that the package holds. */
export function enterpriseChecker() {
  const folder = dirname(createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json'));
  const names = readdirSync(folder).map((file) => /^(ghes-3\.(\d+))\.json$/.exec(file)).filter(Boolean);
  return checkerOf(names.sort((a, b) => Number(a[2]) - Number(b[2]))[0][1]);
}
