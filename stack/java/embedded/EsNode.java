package embedded;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * One Elasticsearch node from the class path: EsNode HOME CONFIG_DIR.
 * HOME/modules/NAME holds each module's jars and its plugin-descriptor.properties; a descriptor there must not name a
 * Java module, because the server itself is no named module here.
 */
public class EsNode {
    public static void main(String[] args) throws Exception {
        Owner.watch();
        LogConfigurator.registerErrorListener();
        LogConfigurator.configureESLogging();
        Settings home = Settings.builder().put("path.home", args[0]).build();
        Environment env = InternalSettingsPreparer.prepareEnvironment(home, Map.of(), Path.of(args[1]), () -> "node-1");
        LogConfigurator.setNodeName(Node.NODE_NAME_SETTING.get(env.settings()));
        LogConfigurator.configure(env, true);
        var modules = PluginsLoader.loadModulesBundles(env.modulesDir(), false);
        // false: the server has no module descriptor whose qualified exports could be opened to the plugins
        var loader = PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false);
        Node node = new Node(env, loader);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
            stopped.countDown();
        }, "es-shutdown"));
        node.start();
        stopped.await();
    }
}
