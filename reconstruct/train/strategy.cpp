#include "reconstruct/train/strategy.h"

#include "reconstruct/train/strategy_adc.h"
#include "reconstruct/train/strategy_mcmc.h"
#include "scene/error.h"

namespace tessera::reconstruct {

std::unique_ptr<Strategy> make_strategy(const TrainOptions& options, GrowFilter grow) {
  if (options.strategy == "adc") return std::make_unique<AdcStrategy>(options, std::move(grow));
  if (options.strategy == "mcmc") return std::make_unique<McmcStrategy>(options, std::move(grow));
  throw scene::Error("option 'strategy'", "'" + options.strategy + "' is not known", "it takes adc or mcmc");
}

}  // namespace tessera::reconstruct
