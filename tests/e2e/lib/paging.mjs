// Lists a page at a time, as GitHub gives them.

/** A page of @p all and the Link header that leads to the others. */
export function paged({ github, params, path, query }, all, shape) {
  const size = Math.min(params.per_page ?? 30, github.pageMax ?? 100);
  const page = params.page ?? 1;
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (number, rel) => `<${github.url}${path}?${new URLSearchParams({ ...Object.fromEntries(query), page: number })}>; rel="${rel}"`;
  const links = [];
  if (page > 1) links.push(link(page - 1, 'prev'), link(1, 'first'));
  if (page < last) links.push(link(page + 1, 'next'), link(last, 'last'));
  const headers = links.length > 0 ? { link: links.join(', ') } : {};
  return { status: 200, headers, body: all.slice((page - 1) * size, page * size).map(shape) };
}
