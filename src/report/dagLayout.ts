// Places of the nodes of a directed graph without cycles: layers from top to bottom, edges through places of their own in the layers between.

/** An edge by the names of its ends. */
export interface LayoutEdge {
  from: string;
  to: string;
}

/** A node, or the place where an edge crosses a layer. */
interface Item {
  name?: string;
  layer: number;
  /** Its place along the layer, from 0 to 1. */
  x: number;
  above: Item[];
  below: Item[];
}

export interface Layout {
  layers: number;
  /** How many nodes the widest layer has. */
  widest: number;
  nodes: { name: string; layer: number; x: number }[];
  /** The places that each edge goes through, its ends included. */
  paths: { layer: number; x: number }[][];
}

/** Sweeps in which each layer is put in the order of the means of its neighbours. */
const sweeps = 12;
/** The width of a crossing beside that of a node. */
const widthOfCrossing = 0.3;

export function layoutOf(names: readonly string[], edges: readonly LayoutEdge[]): Layout {
  const nodes = new Map(names.map((name): [string, Item] => [name, { name, layer: 0, x: 0, above: [], below: [] }]));
  const ends = edges.map(({ from, to }) => [nodes.get(from) as Item, nodes.get(to) as Item] as const);
  for (let round = 0, some = true; some && round <= names.length; ++round) {
    some = false;
    for (const [from, to] of ends) {
      if (to.layer > from.layer) continue;
      to.layer = from.layer + 1;
      some = true;
    }
  }
  const layers: Item[][] = Array.from(
    { length: 1 + Math.max(0, ...[...nodes.values()].map(({ layer }) => layer)) },
    () => [],
  );
  for (const node of nodes.values()) layers[node.layer]?.push(node);
  const paths = ends.map(([from, to]) => pathBetween(from, to, layers));
  order(layers);
  return {
    layers: layers.length,
    widest: Math.max(1, ...layers.map((layer) => widthOf(layer))),
    nodes: [...nodes.values()].map(({ name = '', layer, x }) => ({ name, layer, x })),
    paths: paths.map((path) => path.map(({ layer, x }) => ({ layer, x }))),
  };
}

const widthOf = (layer: readonly Item[]): number =>
  layer.reduce((sum, { name }) => sum + (name === undefined ? widthOfCrossing : 1), 0);

function pathBetween(from: Item, to: Item, layers: Item[][]): Item[] {
  const path = [from];
  for (let layer = from.layer + 1; layer <= to.layer; ++layer) {
    const last = path[path.length - 1] as Item;
    const next = layer === to.layer ? to : { layer, x: 0, above: [], below: [] };
    if (next !== to) layers[layer]?.push(next);
    last.below.push(next);
    next.above.push(last);
    path.push(next);
  }
  return path;
}

/** Puts each layer in the order of the means of its neighbours, downwards and upwards in turn. */
function order(layers: Item[][]): void {
  for (const layer of layers) place(layer);
  for (let sweep = 0; sweep < sweeps; ++sweep) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : layers.slice().reverse()) {
      const mean = (item: Item): number => {
        const beside = down ? item.above : item.below;
        return beside.length === 0 ? item.x : beside.reduce((sum, { x }) => sum + x, 0) / beside.length;
      };
      const means = new Map(layer.map((item) => [item, mean(item)]));
      layer.sort((a, b) => (means.get(a) as number) - (means.get(b) as number));
      place(layer);
    }
  }
}

/** Spreads a layer evenly. */
function place(layer: readonly Item[]): void {
  const width = widthOf(layer);
  let at = 0;
  for (const item of layer) {
    const own = item.name === undefined ? widthOfCrossing : 1;
    item.x = (at + own / 2) / width;
    at += own;
  }
}
