// Measures USearch on a data folder. Prints one JSON object a line: each build, then a point for each beam.
//   npm install usearch@2.26.2
//   node usearch_bench.mjs DIR f32,bf16,i8 M EF_CONSTRUCTION EF,EF,...
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import usearch from 'usearch';

const { Index, MetricKind, ScalarKind } = usearch;
const NEIGHBORS = 10;
const PASSES = 3;
const KINDS = { f32: ScalarKind.F32, bf16: ScalarKind.BF16, f16: ScalarKind.F16, i8: ScalarKind.I8, b1: ScalarKind.B1 };

/** Reads an fvecs or ivecs file into one array, row after row. */
function readMatrix(path, ArrayType) {
  const file = readFileSync(path);
  const words = file.length / 4;
  const columns = file.readInt32LE(0);
  const rows = words / (columns + 1);
  const raw = new ArrayType(file.buffer, file.byteOffset, words);
  const values = new ArrayType(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = row * (columns + 1) + 1;
    values.set(raw.subarray(start, start + columns), row * columns);
  }
  return { rows, columns, values };
}

const secondsSince = start => Number(process.hrtime.bigint() - start) / 1e9;

function makeIndex(kind, ef) {
  return new Index({
    dimensions: base.columns,
    metric: metric === 'cosine' ? MetricKind.Cos : MetricKind.L2sq,
    quantization: KINDS[kind],
    connectivity: Number(m),
    expansion_add: Number(efConstruction),
    expansion_search: ef,
  });
}

function build(kind, file) {
  const before = process.memoryUsage().rss;
  const start = process.hrtime.bigint();
  const index = makeIndex(kind, NEIGHBORS);
  index.add(BigUint64Array.from({ length: base.rows }, (_, row) => BigInt(row)), base.values, 1);
  console.log(JSON.stringify({
    peer: 'usearch', kind, rows: base.rows, dims: base.columns, m: Number(m), ef_construction: Number(efConstruction),
    build_threads: 1, build_s: secondsSince(start), index_mb: (process.memoryUsage().rss - before) / 1e6,
  }));
  index.save(file);
}

function measure(kind, file, ef) {
  // The beam is set when an index is made, so each point loads the same graph anew.
  const index = makeIndex(kind, ef);
  index.load(file);
  let fastest = Infinity;
  let found = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    found = 0;
    let spent = 0;
    for (let query = 0; query < queries.rows; query++) {
      const vector = queries.values.subarray(query * queries.columns, (query + 1) * queries.columns);
      const start = process.hrtime.bigint();
      const matches = index.search(vector, NEIGHBORS, 1);
      spent += secondsSince(start);
      const nearest = new Set(truth.values.subarray(query * truth.columns, query * truth.columns + NEIGHBORS));
      for (const key of matches.keys) found += nearest.has(Number(key)) ? 1 : 0;
    }
    fastest = Math.min(fastest, spent);
  }
  const recall = found / (NEIGHBORS * queries.rows);
  console.log(JSON.stringify({ peer: 'usearch', kind, ef, recall, qps: Math.round(queries.rows / fastest) }));
}

const [folder, kinds, m, efConstruction, beams] = process.argv.slice(2);
if (beams === undefined) {
  console.error('usage: node usearch_bench.mjs DIR f32,bf16,i8 M EF_CONSTRUCTION EF,EF,...');
  process.exit(2);
}
const metric = readFileSync(join(folder, 'metric'), 'utf8').trim();
const base = readMatrix(join(folder, 'base.fvecs'), Float32Array);
const queries = readMatrix(join(folder, 'queries.fvecs'), Float32Array);
const truth = readMatrix(join(folder, 'truth.ivecs'), Int32Array);
const scratch = mkdtempSync(join(tmpdir(), 'usearch-'));
try {
  for (const kind of kinds.split(',')) {
    const file = join(scratch, `${kind}.usearch`);
    build(kind, file);
    for (const ef of beams.split(',').map(Number)) measure(kind, file, ef);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
