// The loss with its gradient and the Adam update, against a copy loop of the same run.

#include <benchmark/benchmark.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <cstring>
#include <vector>

#include "reconstruct/train/adam.h"
#include "reconstruct/train/loss.h"
#include "scene/random.h"

namespace tessera {
namespace {

float draw(std::uint32_t key, std::uint64_t index) {
  return scene::uniform01(scene::philox(1, static_cast<std::uint32_t>(scene::RandomStream::kTest), key, index)[0]);
}

/// What the memory gives: all cores copy arrays too large for any cache. Bytes count reading and writing.
void BM_Copy(benchmark::State& state) {
  constexpr std::size_t kFloats = std::size_t{1} << 25, kChunk = std::size_t{1} << 16;
  const std::vector<float> from(kFloats, 1.0f);
  std::vector<float> to(kFloats);
  for (auto _ : state) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, kFloats / kChunk), [&](const auto& range) {
      for (std::size_t c = range.begin(); c < range.end(); ++c)
        std::memcpy(&to[c * kChunk], &from[c * kChunk], kChunk * sizeof(float));
    });
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * kFloats * sizeof(float)));
}
BENCHMARK(BM_Copy)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

struct Pictures {
  render::Plane render[3], gradient[3];
  reconstruct::Truth truth;
  Pictures(int width, int height, bool masked) {
    truth.width = width, truth.height = height;
    truth.weight_sum = static_cast<double>(width) * height;
    for (std::uint32_t c = 0; c < 3; ++c) {
      render[c].resize(width, height), truth.color[c].resize(width, height);
      for (std::size_t i = 0; i < render[c].data.size(); ++i)
        render[c].data[i] = draw(c, i), truth.color[c].data[i] = draw(10 + c, i);
    }
    if (masked) truth.weight.resize(width, height), truth.weight.fill(1);
  }
};

/// Per pixel and channel: 7 filtered fields, each 11 taps down and 11 across, a multiplication and an addition a tap.
constexpr std::int64_t kFilterFlops = 7 * 2 * 11 * 2;

void BM_Loss(benchmark::State& state) {
  const int width = static_cast<int>(state.range(0)), height = static_cast<int>(state.range(1));
  Pictures p(width, height, state.range(2) != 0);
  reconstruct::PhotometricLoss loss;
  for (auto _ : state) benchmark::DoNotOptimize(loss.evaluate(p.render, p.truth, 0.2, p.gradient).total);
  const std::int64_t samples = state.iterations() * 3 * width * height;
  state.SetBytesProcessed(samples * static_cast<std::int64_t>(3 * sizeof(float)));  // render and truth in, gradient out
  state.counters["GFLOPS"] =
      benchmark::Counter(static_cast<double>(samples * kFilterFlops) * 1e-9, benchmark::Counter::kIsRate);
}
BENCHMARK(BM_Loss)
    ->ArgNames({"width", "height", "masked"})
    ->Args({640, 360, 0})
    ->Args({640, 360, 1})
    ->Args({1280, 720, 0})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

void BM_Truth(benchmark::State& state) {
  scene::Picture picture;
  picture.width = 640, picture.height = 360;
  for (std::size_t i = 0; i < 640 * 360 * 3; ++i) picture.rgb.push_back(static_cast<std::uint8_t>(i * 7));
  reconstruct::Truth truth;
  const float black[3] = {0, 0, 0};
  for (auto _ : state) truth.assign(picture, black);
  state.SetBytesProcessed(state.iterations() * 640 * 360 * 3 * static_cast<std::int64_t>(1 + sizeof(float)));
}
BENCHMARK(BM_Truth)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void BM_Affine(benchmark::State& state) {
  Pictures p(640, 360, false);
  render::Plane out[3], d_in[3];
  reconstruct::Affine affine;
  double d_affine[12];
  for (auto _ : state) {
    reconstruct::apply_affine(affine, p.render, out);
    reconstruct::affine_backward(affine, p.render, p.truth.color, d_in, d_affine);
  }
  state.SetBytesProcessed(state.iterations() * 640 * 360 * 15 * static_cast<std::int64_t>(sizeof(float)));
}
BENCHMARK(BM_Affine)->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

/// SH degree 3; `seen` percent of the rows, in runs as a view cuts them out of a spatially sorted model.
void BM_Adam(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  scene::GaussianModel model;
  model.resize(rows, 3);
  render::ModelGradients gradients;
  gradients.planes.resize(rows, 3);
  for (auto* plane : gradients.planes.planes())
    for (std::size_t i = 0; i < rows; ++i) (*plane)[i] = 1e-3f * (draw(3, i) - 0.5f);
  gradients.seen.resize(rows);
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < rows; ++i)
    seen += gradients.seen[i] = draw(4, i / 256) * 100 < static_cast<float>(state.range(1));
  reconstruct::SparseAdam adam;
  adam.resize(rows, 3);
  const reconstruct::LearningRates rates{1e-4f, 5e-3f, 1e-3f, 5e-2f, 2.5e-3f, 1.25e-4f};
  std::uint32_t step = 0;
  for (auto _ : state) adam.step(model, gradients, rates, ++step, 3);
  // Value and two moments in and out, gradient in.
  state.SetBytesProcessed(state.iterations() * seen * 59 * static_cast<std::int64_t>(7 * sizeof(float)));
}
BENCHMARK(BM_Adam)
    ->ArgNames({"rows", "seen"})
    ->Args({5000, 100})
    ->Args({50000, 100})
    ->Args({500000, 100})
    ->Args({500000, 20})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();
