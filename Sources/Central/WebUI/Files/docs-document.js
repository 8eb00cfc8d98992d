// Reads the OpenAPI document: references, operations, parameters, examples.

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

export class ApiDocument {
  #json;

  constructor(json) {
    this.#json = json;
  }

  /** Fetches the description. Rejects with an `Error` that gives the reason. */
  static async load(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return new ApiDocument(await response.json());
  }

  get info() {
    return this.#json.info;
  }

  /** A node with its reference resolved. Members next to the reference take precedence. */
  resolve(node) {
    let rest = {};
    let current = node;
    for (let hops = 0; current?.$ref && hops < 16; hops += 1) {
      const { $ref, ...beside } = current;
      rest = { ...beside, ...rest };
      current = $ref.slice(2).split("/")
        .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
        .reduce((place, part) => place?.[part], this.#json);
    }
    return { ...current, ...rest };
  }

  /** The last part of a reference: the name of the schema. */
  static nameOf(node) {
    return node?.$ref?.split("/").at(-1);
  }

  /** `[{ name, description, operations }]`, in the document's order. */
  groups() {
    const groups = (this.#json.tags ?? []).map((tag) => ({ ...tag, operations: [] }));
    for (const operation of this.#operations()) {
      const name = operation.tags?.[0] ?? "other";
      let group = groups.find((candidate) => candidate.name === name);
      if (!group) groups.push((group = { name, operations: [] }));
      group.operations.push(operation);
    }
    return groups.filter((group) => group.operations.length > 0);
  }

  * #operations() {
    for (const [path, item] of Object.entries(this.#json.paths)) {
      for (const method of METHODS) {
        const operation = item[method];
        if (!operation) continue;
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
          .map((parameter) => {
            const resolved = this.resolve(parameter);
            return { ...resolved, schema: this.resolve(resolved.schema) };
          });
        const id = operation.operationId ?? `${method}${path.replaceAll(/[^A-Za-z0-9]+/gu, "-")}`;
        yield { ...operation, id, path, method: method.toUpperCase(), parameters, roles: rolesOf(operation) };
      }
    }
  }

  /** The example of a media type or parameter, as a value; `undefined` if there is none. */
  exampleOf(node) {
    if (node?.example !== undefined) return node.example;
    const first = Object.values(node?.examples ?? {})[0];
    if (first !== undefined) return this.resolve(first).value;
    return node?.schema ? this.resolve(node.schema).examples?.[0] : undefined;
  }
}

/** The roles that may use an operation; empty if everyone may. */
function rolesOf(operation) {
  return (operation.security ?? []).flatMap((alternative) => Object.values(alternative).flat());
}
