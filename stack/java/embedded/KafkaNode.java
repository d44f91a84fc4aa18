package embedded;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * One Kafka broker and controller: KafkaNode CONFIG CLUSTER_ID READY_FILE [FORMAT_ARGUMENT...]. Formats the log
 * directory when it is new, with the further arguments, such as a first user by --add-scram.
 */
public class KafkaNode {
    public static void main(String[] args) throws Exception {
        Owner.watch();
        List<String> format = new ArrayList<>(
            List.of("format", "--ignore-formatted", "--config", args[0], "--cluster-id", args[1]));
        format.addAll(Arrays.asList(args).subList(3, args.length));
        if (StorageTool.execute(format.toArray(String[]::new), System.out) != 0) System.exit(1);
        Properties config = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(args[0]))) {
            config.load(in);
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(config), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "kafka-shutdown"));
        try {
            server.startup();
        } catch (Throwable t) {
            t.printStackTrace();
            System.exit(1);
        }
        Files.writeString(Path.of(args[2]), "ready\n");
        server.awaitShutdown();
    }
}
