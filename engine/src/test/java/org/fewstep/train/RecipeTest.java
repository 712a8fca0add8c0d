package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.fewstep.data.Dataset;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Json;
import org.fewstep.io.JsonObject;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.DType;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.MeanFlow;
import org.fewstep.model.DitConfig;
import org.fewstep.model.MlpConfig;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.model.UNetConfig;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.ModeTimes;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.TruncatedTimes;
import org.fewstep.path.UniformTimes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
    @TempDir
    Path folder;

    private static SettingsException refused(String... overrides) {
        return assertThrows(SettingsException.class, () -> TinyRecipe.meanFlow(overrides));
    }

    @Test
    void everyKindOfDataOpens() {
        for (String kind : List.of("eight-gaussians", "ring8", "two-moons", "checkerboard", "spiral")) {
            Dataset dataset = TinyRecipe.meanFlow("data.kind=" + kind).data().open();
            float[] x = new float[8];
            dataset.read(new long[] {0, 1, 2, 3}, x, null);
            assertEquals(0, dataset.classes(), kind);
            assertEquals(2, dataset.sampleShape()[0], kind);
        }
        Recipe glyphs = Recipe.from(TinyRecipe.glyphs("flow-matching"));
        Dataset images = glyphs.data().open();
        assertEquals(3, glyphs.classes(images));
        assertEquals(64, glyphs.networkConfig(images).dim());
        Recipe blind = Recipe.from(TinyRecipe.glyphs("flow-matching"), List.of("data.labels=false"));
        assertEquals(0, blind.networkConfig(images).classes());
    }

    @Test
    void aRecipeComesBackFromItsMapThroughJson() {
        for (Recipe recipe : List.of(
                TinyRecipe.meanFlow("method.p=0.75", "training.dtype=F64", "network.time-width=1"),
                TinyRecipe.flowMatching("method.time-law=logit_normal", "optimizer.kind=RAdam"),
                Recipe.from(TinyRecipe.glyphs("mean-flow"), List.of("network.encoding=fourier")))) {
            String json = Json.write(Settings.toJson(recipe.toMap()));
            assertEquals(recipe, Recipe.from(Settings.fromJson((JsonObject) Json.parse(json))));
        }
    }

    @Test
    void defaultsStandInTheMap() {
        Map<String, Object> map = TinyRecipe.meanFlow().toMap();
        assertEquals(1.0, ((Map<?, ?>) map.get("method")).get("p"));
        assertEquals(List.of(1, 2, 4, 50), ((Map<?, ?>) map.get("sample")).get("steps"));
        assertEquals("auto", ((Map<?, ?>) map.get("sample")).get("solver"));
        assertEquals("f32", ((Map<?, ?>) map.get("training")).get("dtype"));
        assertEquals(DType.F32, TinyRecipe.meanFlow().training().dtype());
    }

    @Test
    void timeLawsAreThoseOfTheRecipe() {
        assertEquals(UniformTimes.UNIT, times());
        assertEquals(new LogitNormalTimes(-0.5, 2), times("time-law=logit_normal", "time-mean=-0.5", "time-std=2"));
        assertEquals(new ModeTimes(1.29), times("time-law=mode"));
        assertEquals(new ModeTimes(-0.5), times("time-law=mode", "time-scale=-0.5"));
        assertEquals(
                new TruncatedTimes(new LogNormalTimes(LinearPath.NOISE_AT_ZERO, -1.2, 1.2), 0.02, 1),
                times("time-law=log_normal", "time-mean=-1.2", "time-std=1.2", "time-from=0.02"));
        assertThrows(SettingsException.class, () -> times("time-law=mode", "time-scale=2"));
        assertThrows(SettingsException.class, () -> times("time-from=0.5", "time-to=0.5"));
        assertThrows(SettingsException.class, () -> times("time-law=gaussian"));
    }

    private static TimeSampler times(String... settings) {
        String[] keys = Arrays.stream(settings).map(s -> "method." + s).toArray(String[]::new);
        return ((MethodSettings.FlowMatching) TinyRecipe.flowMatching(keys).method()).timeSampler();
    }

    @Test
    void theMethodDecidesLossTimesAndPath() {
        Recipe meanFlow = TinyRecipe.meanFlow();
        assertInstanceOf(MeanFlow.class, ((StudentLoss<?, ?>) meanFlow.method().loss(Roles.student(0))).inner());
        assertEquals(1, meanFlow.method().path().noiseTime());
        assertEquals(2, meanFlow.networkConfig(meanFlow.data().open()).times());
        Recipe flow = TinyRecipe.flowMatching();
        assertInstanceOf(FlowMatching.class, ((StudentLoss<?, ?>) flow.method().loss(Roles.student(3))).inner());
        assertEquals(0, flow.method().path().noiseTime());
        assertEquals(1, flow.networkConfig(flow.data().open()).times());
        assertEquals(
                2,
                TinyRecipe.flowMatching("network.times=2")
                        .networkConfig(flow.data().open())
                        .times());
        assertEquals("network.times", refused("network.times=1").path());
        assertThrows(
                SettingsException.class,
                () -> TinyRecipe.meanFlow("method.omega=2").method().loss(Roles.student(0)));
    }

    @Test
    void networkSettingsBecomeItsConfiguration() {
        NetworkSettings mlp = TinyRecipe.meanFlow("network.encoding=sinusoidal", "network.max-frequency=4")
                .network();
        MlpConfig config = (MlpConfig) mlp.config(List.of(2), 5, 2);
        assertEquals(TimeEncoding.SINUSOIDAL, config.timeEncoding());
        assertEquals(32, config.timeWidth());
        assertEquals(5, config.classWidth());
        ResidualMlpConfig residual = (ResidualMlpConfig)
                Recipe.from(TinyRecipe.glyphs("mean-flow")).network().config(List.of(1, 8, 8), 3, 2);
        assertEquals(16, residual.condWidth());
    }

    private static Recipe images(String kind, String... overrides) {
        Map<String, Object> map = TinyRecipe.glyphs("mean-flow");
        map.put("network", Map.of("kind", kind));
        return Recipe.from(map, List.of(overrides));
    }

    private static NetworkConfig config(Recipe recipe) {
        return recipe.networkConfig(recipe.data().open());
    }

    @Test
    void imagesFixWhatATransformerIs() {
        DitConfig dit = (DitConfig) config(
                images("dit", "network.guided=true", "network.heads=8", "network.rms=true", "method.omega-most=3"));
        assertEquals(new DitConfig(8, 4, 1, 128, 4, 8, 4, 3, true, false, 2, TimePair.SPAN, 16, true, true), dit);
        assertTrue(dit.guided());
        assertEquals("network.width", refused(images -> images("dit", images), "network.width=130"));
        assertEquals("network.heads", refused(images -> images("dit", images), "network.heads=0"));
        assertEquals("network.mlp-ratio", refused(images -> images("dit", images), "network.mlp-ratio=0"));
        assertEquals("network.patch", refused(images -> config(images("dit", images)), "network.patch=3"));
        assertEquals(
                "network.guided",
                refused(
                        images -> config(images("dit", images)),
                        "network.guided=true",
                        "data.labels=false",
                        "method.omega-most=2"));
        assertEquals("network.guided", refused(images -> images("dit", images), "network.guided=true"));
        assertEquals("network.guided", refused(images -> images("dit", images), "method.omega-most=2"));
        assertEquals("method.omega-most", refused(images -> images("dit", images), "method.omega-most=0.5"));
        assertEquals(
                "network.kind",
                refused(
                        overrides -> config(Recipe.from(TinyRecipe.map("mean-flow"), List.of(overrides))),
                        new String[] {"network.kind=dit", "network.depth=2"}));
    }

    @Test
    void imagesFixWhatAUNetIs() {
        UNetConfig unet = (UNetConfig) config(images(
                "u-net", "network.mult=1,2,2", "network.attention=4", "network.dropout=0.2", "network.form=song"));
        assertEquals(8, unet.resolution());
        assertEquals(List.of(1, 2, 2), unet.mult());
        assertEquals(List.of(4), unet.attention());
        assertEquals(0.2, unet.dropout());
        assertEquals(UNetConfig.Form.SONG, unet.form());
        assertEquals(2, unet.times());
        assertEquals(3, unet.classes());
        assertEquals("network.dropout", refused(images -> images("u-net", images), "network.dropout=1"));
        assertEquals("network.mult[1]", refused(images -> images("u-net", images), "network.mult=1,0"));
        assertEquals("network.width", refused(images -> images("u-net", images), "network.width=31"));
        assertEquals("network.mult", refused(images -> config(images("u-net", images)), "network.mult=1,1,1,1,1"));
        assertEquals("network.attention[0]", refused(images -> config(images("u-net", images)), "network.attention=2"));
    }

    /** Path of the setting that is refused. */
    private static String refused(Consumer<String[]> making, String... overrides) {
        return assertThrows(SettingsException.class, () -> making.accept(overrides))
                .path();
    }

    @Test
    void impossibleNumbersNameTheirPath() {
        assertEquals("training.batch", refused("training.batch=0").path());
        assertEquals("training.steps", refused("training.steps=-5").path());
        assertEquals("training.ema[1]", refused("training.ema=0.5,1").path());
        assertEquals("training.ema", refused("training.ema=0.5,0.5").path());
        assertEquals("training.dtype", refused("training.dtype=i32").path());
        assertEquals("training.log-every", refused("training.log-every=0").path());
        assertEquals("optimizer.lr", refused("optimizer.lr=0").path());
        assertEquals("optimizer.betas[0]", refused("optimizer.betas=1,0.9").path());
        assertEquals("optimizer.betas", refused("optimizer.betas=0.9").path());
        assertEquals("optimizer.clip", refused("optimizer.clip=0").path());
        assertEquals("method.kappa", refused("method.kappa=1").path());
        assertEquals(
                "method.guidance-to",
                refused("method.guidance-from=0.5", "method.guidance-to=0.2").path());
        assertEquals("network.width", refused("network.width=100000").path());
        assertEquals("network.time-width", refused("network.time-width=2").path());
        assertEquals("data.radius", refused("data.radius=-1").path());
        assertEquals("sample.steps[1]", refused("sample.steps=1,0").path());
        assertEquals("method", refused("method.q=1").path());
        assertEquals("data.kind", refused("data.kind=eight-gausians").path());
    }

    @Test
    void dataOfAFolderIsReadAndChecked() throws IOException {
        List<String> idx = List.of("data.folder=" + folder, "data.classes=3");
        Map<String, Object> map = TinyRecipe.map("flow-matching");
        map.put("data", Map.of("kind", "idx"));
        assertEquals(
                "data.folder",
                assertThrows(SettingsException.class, () -> Recipe.from(map)).path());
        Recipe recipe = Recipe.from(map, idx);
        SettingsException missing =
                assertThrows(SettingsException.class, () -> recipe.data().open());
        assertTrue(missing.getMessage().contains("train-images-idx3-ubyte"), missing.getMessage());

        byte[] pixels = ByteBuffer.allocate(16 + 2 * 4)
                .putInt(0x803)
                .putInt(2)
                .putInt(2)
                .putInt(2)
                .put(new byte[] {0, 10, 20, 30, -1, -2, -3, -4})
                .array();
        Files.write(folder.resolve("train-images-idx3-ubyte"), pixels);
        Path labels = folder.resolve("train-labels-idx1-ubyte");
        Files.write(
                labels,
                ByteBuffer.allocate(10)
                        .putInt(0x801)
                        .putInt(2)
                        .put(new byte[] {2, 0})
                        .array());
        Dataset dataset = recipe.data().open();
        assertEquals(2, dataset.size());
        assertEquals(
                List.of(1, 2, 2),
                java.util.Arrays.stream(dataset.sampleShape()).boxed().toList());

        Files.write(
                labels,
                ByteBuffer.allocate(10)
                        .putInt(0x801)
                        .putInt(2)
                        .put(new byte[] {3, 0})
                        .array());
        assertThrows(BadFileException.class, () -> recipe.data().open());
        Files.write(
                labels,
                ByteBuffer.allocate(9)
                        .putInt(0x801)
                        .putInt(1)
                        .put(new byte[] {2})
                        .array());
        assertThrows(BadFileException.class, () -> recipe.data().open());

        Recipe nowhere = Recipe.from(map, List.of("data.folder=" + folder.resolve("none")));
        assertEquals(
                "data.folder",
                assertThrows(SettingsException.class, () -> nowhere.data().open())
                        .path());
    }
}
