// Runs in the browser: shows the model in Spark from each camera of the job and posts every picture back as a PNG.
import * as THREE from "three";
import {SparkRenderer, SplatMesh} from "@sparkjsdev/spark";

const job = await (await fetch("/job")).json();

// The reference implementation's constants (Kerbl et al. 2023) where Spark's defaults say otherwise: it takes models to be trained with
// anti-aliasing, cuts the kernel at sqrt(8) sigma, leaves out splats whose centre is off screen, sorts by distance, packs splats into 16 bytes.
const reference = {
  preBlurAmount: 0.3, blurAmount: 0, minAlpha: 1 / 255, maxStdDev: Math.sqrt(2 * Math.log(255)), maxPixelRadius: 1e5, clipXY: 1e4,
  sortRadial: false, accumExtSplats: true,
};

const canvas = document.createElement("canvas");
const renderer = new THREE.WebGLRenderer({canvas, antialias: false, alpha: false, preserveDrawingBuffer: true});
renderer.setPixelRatio(1);
renderer.setClearColor(0x000000, 1);
const scene = new THREE.Scene();
const spark = new SparkRenderer({renderer, autoUpdate: false, enableLod: false, ...reference});
scene.add(spark);
const mesh = new SplatMesh({url: "/model.ply", extSplats: true, lod: false});
scene.add(mesh);
await mesh.initialized;

/** cameras.json: the position and the rows of world_from_cam, x right, y down, z forward; three.js: y up, looking along -z. */
function poseCamera(camera, view) {
  const [r0, r1, r2] = view.rotation, p = view.position;
  camera.matrixAutoUpdate = false;
  camera.matrix.set(r0[0], -r0[1], -r0[2], p[0],
                    r1[0], -r1[1], -r1[2], p[1],
                    r2[0], -r2[1], -r2[2], p[2],
                    0, 0, 0, 1);
  camera.updateMatrixWorld(true);
  const near = 0.01, far = 1e5;
  camera.near = near;
  camera.far = far;
  camera.projectionMatrix.set(2 * view.fx / view.width, 0, 0, 0,
                              0, 2 * view.fy / view.height, 0, 0,
                              0, 0, (near + far) / (near - far), 2 * near * far / (near - far),
                              0, 0, -1, 0);
  camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
}

/** What the canvas shows, top row first, as a PNG. */
async function snapshot(width, height) {
  const gl = renderer.getContext();
  const pixels = new Uint8Array(4 * width * height), picture = new ImageData(width, height);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  for (let y = 0; y < height; ++y) picture.data.set(pixels.subarray(4 * width * y, 4 * width * (y + 1)), 4 * width * (height - 1 - y));
  for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 255;
  const flat = new OffscreenCanvas(width, height);
  flat.getContext("2d").putImageData(picture, 0, 0);
  return flat.convertToBlob({type: "image/png"});
}

for (const [index, view] of job.views.entries()) {
  renderer.setSize(view.width, view.height, false);
  const camera = new THREE.PerspectiveCamera();
  poseCamera(camera, view);
  await spark.update({scene, camera});
  renderer.render(scene, camera);
  await fetch(`/picture/${index}`, {method: "POST", body: await snapshot(view.width, view.height)});
}
await fetch("/done", {method: "POST", body: JSON.stringify({splats: mesh.numSplats, shDegree: mesh.splats?.maxSh})});
