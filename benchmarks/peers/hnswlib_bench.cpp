// Measures hnswlib on a data folder. Prints one JSON object a line: the build, then a point for each beam.
//   g++ -O3 -march=native -o hnswlib_bench hnswlib_bench.cpp -lpthread
//   ./hnswlib_bench DIR M EF_CONSTRUCTION BUILD_THREADS EF,EF,...
#include <hnswlib/hnswlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace {

constexpr size_t kNeighbors = 10;
constexpr int kPasses = 3;

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// A matrix read from an fvecs or ivecs file.
template <class T>
struct Matrix {
  size_t rows = 0, columns = 0;
  std::vector<T> values;

  const T* Row(size_t i) const { return &values[i * columns]; }

  static Matrix Read(const std::string& path) {
    static_assert(sizeof(T) == 4, "values have four bytes");
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("cannot read " + path);
    size_t bytes = file.tellg();
    int count = 0;
    file.seekg(0);
    file.read(reinterpret_cast<char*>(&count), sizeof count);
    Matrix matrix;
    matrix.columns = count;
    matrix.rows = bytes / (sizeof(int) + sizeof(T) * count);
    matrix.values.resize(matrix.rows * matrix.columns);
    file.seekg(0);
    for (size_t i = 0; i < matrix.rows; i++) {
      file.read(reinterpret_cast<char*>(&count), sizeof count);
      file.read(reinterpret_cast<char*>(&matrix.values[i * matrix.columns]), sizeof(T) * matrix.columns);
    }
    return matrix;
  }
};

void Normalize(Matrix<float>& matrix) {
  for (size_t i = 0; i < matrix.rows; i++) {
    float* row = &matrix.values[i * matrix.columns];
    double sum = 0;
    for (size_t j = 0; j < matrix.columns; j++) sum += double(row[j]) * row[j];
    float scale = float(1 / std::sqrt(sum));
    for (size_t j = 0; j < matrix.columns; j++) row[j] *= scale;
  }
}

double ResidentMb() {
  long total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE) / 1e6;
}

void Build(hnswlib::HierarchicalNSW<float>& graph, const Matrix<float>& base, int threads) {
  graph.addPoint(base.Row(0), 0);
  std::atomic<size_t> next{1};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; i++) {
    workers.emplace_back([&] {
      for (size_t row; (row = next++) < base.rows;) graph.addPoint(base.Row(row), row);
    });
  }
  for (auto& worker : workers) worker.join();
}

void Measure(hnswlib::HierarchicalNSW<float>& graph, const Matrix<float>& queries, const Matrix<int>& truth, int ef) {
  graph.setEf(ef);
  double fastest = std::numeric_limits<double>::max();
  size_t found = 0;
  std::vector<double> times;
  for (int pass = 0; pass < kPasses; pass++) {
    found = 0;
    times.clear();
    double spent = 0;
    for (size_t i = 0; i < queries.rows; i++) {
      auto start = Clock::now();
      auto hits = graph.searchKnn(queries.Row(i), kNeighbors);
      times.push_back(SecondsSince(start));
      spent += times.back();
      std::unordered_set<int> nearest(truth.Row(i), truth.Row(i) + kNeighbors);
      for (; !hits.empty(); hits.pop()) found += nearest.count(int(hits.top().second));
    }
    fastest = std::min(fastest, spent);
  }
  std::sort(times.begin(), times.end());
  printf("{\"peer\":\"hnswlib\",\"ef\":%d,\"recall\":%.4f,\"qps\":%.0f,\"p50_us\":%.1f,\"p95_us\":%.1f,\"p99_us\":%.1f}\n", ef,
         double(found) / (kNeighbors * queries.rows), queries.rows / fastest, times[times.size() / 2] * 1e6,
         times[times.size() * 95 / 100] * 1e6, times[times.size() * 99 / 100] * 1e6);
  fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: %s DIR M EF_CONSTRUCTION BUILD_THREADS EF,EF,...\n", argv[0]);
    return 2;
  }
  std::string folder = argv[1], metric;
  std::ifstream(folder + "/metric") >> metric;
  int m = atoi(argv[2]), ef_construction = atoi(argv[3]), threads = atoi(argv[4]);
  auto base = Matrix<float>::Read(folder + "/base.fvecs");
  auto queries = Matrix<float>::Read(folder + "/queries.fvecs");
  auto truth = Matrix<int>::Read(folder + "/truth.ivecs");
  if (metric == "cosine") {
    Normalize(base);
    Normalize(queries);
  }

  hnswlib::L2Space euclidean(base.columns);
  hnswlib::InnerProductSpace product(base.columns);
  hnswlib::SpaceInterface<float>* space = &euclidean;
  if (metric == "cosine") space = &product;
  double before = ResidentMb();
  auto start = Clock::now();
  hnswlib::HierarchicalNSW<float> graph(space, base.rows, m, ef_construction);
  Build(graph, base, threads);
  printf("{\"peer\":\"hnswlib\",\"rows\":%zu,\"dims\":%zu,\"m\":%d,\"ef_construction\":%d,\"build_threads\":%d,\"build_s\":%.2f,\"index_mb\":%.0f}\n",
         base.rows, base.columns, m, ef_construction, threads, SecondsSince(start), ResidentMb() - before);
  std::stringstream beams(argv[5]);
  for (std::string beam; std::getline(beams, beam, ',');) Measure(graph, queries, truth, atoi(beam.c_str()));
}
