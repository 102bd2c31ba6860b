#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <memory>

#include "render/vulkan/device.h"
#include "scene/error.h"

namespace tessera::test {

/// A device with the validation layer listening: any message of it fails the test, leaked objects included. Skips,
/// loudly, where there is no Vulkan device.
class VulkanTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      instance_ = std::make_unique<render::vulkan::Instance>(render::vulkan::InstanceOptions{.validation = true});
      device_ = std::make_unique<render::vulkan::Device>(*instance_);
    } catch (const scene::Error& e) {
      device_.reset(), instance_.reset();
      std::cerr << "SKIPPED, NOT TESTED: " << e.what() << "\n";
      GTEST_SKIP() << e.what();
    }
  }
  void TearDown() override {
    if (!device_) return;
    device_->wait_idle();
    device_.reset();
    EXPECT_THAT(instance_->messages(), testing::IsEmpty());
  }
  render::vulkan::Device& device() { return *device_; }
  std::unique_ptr<render::vulkan::Instance> instance_;
  std::unique_ptr<render::vulkan::Device> device_;
};

}  // namespace tessera::test
