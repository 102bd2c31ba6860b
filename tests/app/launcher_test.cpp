#include "app/cli/launcher.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace tessera::app {
namespace {

Launch launch(const std::map<std::string, std::string>& environment) {
  return launch_from([&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

TEST(Launcher, ReadsWhoElseWasStarted) {
  const Launch alone = launch({});
  EXPECT_EQ(alone.rank, 0);
  EXPECT_EQ(alone.size, 1);
  const Launch open_mpi =
      launch({{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "8"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}});
  EXPECT_EQ(open_mpi.rank, 3);
  EXPECT_EQ(open_mpi.size, 8);
  EXPECT_EQ(open_mpi.on_machine, 4);
  const Launch mpich = launch({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}, {"MPI_LOCALNRANKS", "2"}});
  EXPECT_EQ(mpich.rank, 1);
  EXPECT_EQ(mpich.on_machine, 2);
  const Launch slurm =
      launch({{"SLURM_PROCID", "5"}, {"SLURM_STEP_NUM_TASKS", "7"}, {"SLURM_STEP_TASKS_PER_NODE", "2(x3),1"}});
  EXPECT_EQ(slurm.rank, 5);
  EXPECT_EQ(slurm.size, 7);
  EXPECT_EQ(slurm.on_machine, 2);
  EXPECT_EQ(launch({{"SLURM_PROCID", "0"}}).size, 1) << "a batch script without srun is one process";
  EXPECT_EQ(launch({{"PMI_RANK", "x"}, {"PMI_SIZE", "-3"}}).size, 1);
}

TEST(Launcher, SharesTheCoresOfAMachine) {
  EXPECT_EQ(share_of_cores({8, 8}, {0, 2, 2}), 4);
  EXPECT_EQ(share_of_cores({1, 8}, {0, 2, 2}), 1) << "it was bound to its own";
  EXPECT_EQ(share_of_cores({2, 2}, {0, 9, 9}), 1);
}

}  // namespace
}  // namespace tessera::app
