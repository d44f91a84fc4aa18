package embedded.analysis;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.UpperCaseFilter;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.PatternKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.TrimFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.elasticsearch.index.analysis.PreConfiguredCharFilter;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.PreConfiguredTokenizer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.indices.analysis.PreBuiltCacheFactory.CachingStrategy;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

import java.io.Reader;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

import static org.elasticsearch.plugins.AnalysisPlugin.requiresAnalysisSettings;

/**
 * The pieces of Elasticsearch's analysis-common module that this project's index settings name, registered under the
 * same names, with the same option names and defaults, over the same Lucene classes.
 */
public class AnalysisCommonPlugin extends Plugin implements AnalysisPlugin {

    private record Filter(String name, Function<TokenStream, TokenStream> f) implements TokenFilterFactory {
        @Override
        public TokenStream create(TokenStream in) { return f.apply(in); }
    }

    /** A filter that is also allowed in a normalizer of a keyword field. */
    private record NormalizingFilter(String name, Function<TokenStream, TokenStream> f) implements NormalizingTokenFilterFactory {
        @Override
        public TokenStream create(TokenStream in) { return f.apply(in); }
    }

    private record CharF(String name, Function<Reader, Reader> f) implements CharFilterFactory {
        @Override
        public Reader create(Reader in) { return f.apply(in); }
    }

    private record NormalizingCharF(String name, Function<Reader, Reader> f) implements NormalizingCharFilterFactory {
        @Override
        public Reader create(Reader in) { return f.apply(in); }
    }

    private static class Provider extends AbstractIndexAnalyzerProvider<Analyzer> {
        private final Analyzer analyzer;

        Provider(String name, Analyzer analyzer) {
            super(name);
            this.analyzer = analyzer;
        }

        @Override
        public Analyzer get() { return analyzer; }
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> m = new TreeMap<>();
        m.put("indonesian", (is, env, name, s) -> new Provider(name, new IndonesianAnalyzer(
            Analysis.parseStopWords(env, s, IndonesianAnalyzer.getDefaultStopSet()),
            Analysis.parseStemExclusion(s, CharArraySet.EMPTY_SET))));
        m.put("english", (is, env, name, s) -> new Provider(name, new EnglishAnalyzer(
            Analysis.parseStopWords(env, s, EnglishAnalyzer.getDefaultStopSet()),
            Analysis.parseStemExclusion(s, CharArraySet.EMPTY_SET))));
        return m;
    }

    @Override
    public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
        return List.of(
            new PreBuiltAnalyzerProviderFactory("indonesian", CachingStrategy.LUCENE, IndonesianAnalyzer::new),
            new PreBuiltAnalyzerProviderFactory("english", CachingStrategy.LUCENE, EnglishAnalyzer::new));
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> m = new TreeMap<>();
        m.put("lowercase", (is, env, name, s) -> {
            if (s.get("language") != null) throw new IllegalArgumentException("lowercase: [language] is not supported here");
            return new NormalizingFilter(name, LowerCaseFilter::new);
        });
        m.put("uppercase", (is, env, name, s) -> new NormalizingFilter(name, UpperCaseFilter::new));
        m.put("trim", (is, env, name, s) -> new NormalizingFilter(name, TrimFilter::new));
        m.put("asciifolding", (is, env, name, s) -> {
            boolean keep = s.getAsBoolean("preserve_original", false);
            return new NormalizingFilter(name, in -> new ASCIIFoldingFilter(in, keep));
        });
        m.put("length", (is, env, name, s) -> {
            int min = s.getAsInt("min", 0), max = s.getAsInt("max", Integer.MAX_VALUE);
            return new Filter(name, in -> new LengthFilter(in, min, max));
        });
        m.put("remove_duplicates", (is, env, name, s) -> new Filter(name, RemoveDuplicatesTokenFilter::new));
        m.put("edge_ngram", (is, env, name, s) -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            boolean keep = s.getAsBoolean("preserve_original", false);
            return new Filter(name, in -> new EdgeNGramTokenFilter(in, min, max, keep));
        });
        m.put("stemmer", (is, env, name, s) -> {
            String language = s.get("language", s.get("name", "porter")).toLowerCase(java.util.Locale.ROOT);
            return switch (language) {
                case "indonesian" -> new Filter(name, IndonesianStemFilter::new);
                case "english", "porter" -> new Filter(name, PorterStemFilter::new);
                default -> throw new IllegalArgumentException("stemmer: language [" + language + "] is not supported here");
            };
        });
        m.put("keyword_marker", requiresAnalysisSettings((is, env, name, s) -> {
            String pattern = s.get("keywords_pattern");
            if (pattern != null) {
                Pattern p = Pattern.compile(pattern);
                return new Filter(name, in -> new PatternKeywordMarkerFilter(in, p));
            }
            Set<?> words = Analysis.getWordSet(env, s, "keywords");
            if (words == null) throw new IllegalArgumentException("keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be configured");
            CharArraySet set = new CharArraySet(words, s.getAsBoolean("ignore_case", false));
            return new Filter(name, in -> new SetKeywordMarkerFilter(in, set));
        }));
        return m;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return List.of(
            PreConfiguredTokenFilter.singleton("asciifolding", true, ASCIIFoldingFilter::new),
            PreConfiguredTokenFilter.singleton("uppercase", true, UpperCaseFilter::new),
            PreConfiguredTokenFilter.singleton("trim", true, TrimFilter::new),
            PreConfiguredTokenFilter.singleton("remove_duplicates", false, RemoveDuplicatesTokenFilter::new),
            PreConfiguredTokenFilter.singleton("porter_stem", false, PorterStemFilter::new));
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        Map<String, AnalysisProvider<CharFilterFactory>> m = new TreeMap<>();
        m.put("html_strip", (is, env, name, s) -> {
            Set<String> escaped = new HashSet<>(s.getAsList("escaped_tags"));
            return new CharF(name, in -> escaped.isEmpty() ? new HTMLStripCharFilter(in) : new HTMLStripCharFilter(in, escaped));
        });
        m.put("mapping", requiresAnalysisSettings((is, env, name, s) -> {
            List<String> rules = Analysis.getWordList(env, s, "mappings");
            if (rules == null) throw new IllegalArgumentException("mapping requires either `mappings` or `mappings_path` to be configured");
            NormalizeCharMap.Builder b = new NormalizeCharMap.Builder();
            for (String rule : rules) {
                String[] kv = rule.split("=>", 2);
                if (kv.length != 2) throw new IllegalArgumentException("Invalid Mapping Rule : [" + rule + "]");
                b.add(kv[0].strip(), kv[1].strip());
            }
            NormalizeCharMap map = b.build();
            return new NormalizingCharF(name, in -> new MappingCharFilter(map, in));
        }));
        return m;
    }

    @Override
    public List<PreConfiguredCharFilter> getPreConfiguredCharFilters() {
        return List.of(PreConfiguredCharFilter.singleton("html_strip", false, HTMLStripCharFilter::new));
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        Map<String, AnalysisProvider<TokenizerFactory>> m = new TreeMap<>();
        m.put("keyword", (is, env, name, s) -> {
            int size = s.getAsInt("buffer_size", 256);
            return TokenizerFactory.newFactory(name, () -> new KeywordTokenizer(size));
        });
        m.put("whitespace", (is, env, name, s) -> {
            int max = s.getAsInt("max_token_length", 255);
            return TokenizerFactory.newFactory(name, () -> new WhitespaceTokenizer(WhitespaceTokenizer.DEFAULT_TOKEN_ATTRIBUTE_FACTORY, max));
        });
        return m;
    }

    @Override
    public List<PreConfiguredTokenizer> getPreConfiguredTokenizers() {
        return List.of(
            PreConfiguredTokenizer.singleton("keyword", KeywordTokenizer::new),
            PreConfiguredTokenizer.singleton("whitespace", WhitespaceTokenizer::new));
    }
}
