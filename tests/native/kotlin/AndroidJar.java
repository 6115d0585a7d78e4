import static org.jetbrains.org.objectweb.asm.Opcodes.*;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jetbrains.org.objectweb.asm.ClassReader;
import org.jetbrains.org.objectweb.asm.ClassVisitor;
import org.jetbrains.org.objectweb.asm.ClassWriter;
import org.jetbrains.org.objectweb.asm.MethodVisitor;
import org.jetbrains.org.objectweb.asm.Type;

/**
 * Brings Android's stub library of an old release up to date, as far as a list of additions goes:
 * {@code java AndroidJar old.jar new.jar android-api.txt}.
 *
 * <p>A line of the list is one of
 * {@code class|abstract|interface NAME [SUPER]}, {@code method|static|amethod CLASS NAME+DESCRIPTOR},
 * {@code const CLASS NAME DESCRIPTOR VALUE}, {@code sig CLASS NAME+DESCRIPTOR GENERIC-SIGNATURE}.
 */
public final class AndroidJar {
  private record Field(String name, String descriptor, Object value) {}

  private record Method(int access, String name, String descriptor) {}

  /** What a class gets. Its kind is null when it is there already. */
  private static final class Additions {
    String kind;
    String parent = "java/lang/Object";
    final List<Field> fields = new ArrayList<>();
    final List<Method> methods = new ArrayList<>();
    final List<String> nests = new ArrayList<>();
    final Map<String, String> signatures = new HashMap<>();
  }

  private final Map<String, Additions> classes = new TreeMap<>();

  public static void main(String[] arguments) throws IOException {
    AndroidJar jar = new AndroidJar();
    for (String line : Files.readAllLines(Path.of(arguments[2]))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        jar.read(line.strip().split("\\s+"));
      }
    }
    jar.write(arguments[0], arguments[1]);
  }

  private Additions of(String name) {
    return classes.computeIfAbsent(name, key -> new Additions());
  }

  private void read(String[] words) {
    Additions additions = of(words[1]);
    switch (words[0]) {
      case "class", "abstract", "interface" -> declare(additions, words);
      case "const" -> additions.fields.add(new Field(words[2], words[3], value(words[3], words[4])));
      case "method" -> additions.methods.add(method(ACC_PUBLIC, words[2]));
      case "static" -> additions.methods.add(method(ACC_PUBLIC | ACC_STATIC, words[2]));
      case "amethod" -> additions.methods.add(method(ACC_PUBLIC | ACC_ABSTRACT, words[2]));
      case "sig" -> additions.signatures.put(words[2], words[3]);
      default -> throw new IllegalArgumentException(String.join(" ", words));
    }
  }

  private void declare(Additions additions, String[] words) {
    additions.kind = words[0];
    if (words.length > 2) {
      additions.parent = words[2];
    }
    int nested = words[1].lastIndexOf('$');
    if (nested > 0) {
      of(words[1].substring(0, nested)).nests.add(words[1]);
      additions.nests.add(words[1]);
    }
  }

  private static Object value(String descriptor, String text) {
    return descriptor.equals("I") ? (Object) Integer.decode(text) : text;
  }

  private static Method method(int access, String text) {
    int open = text.indexOf('(');
    return new Method(access, text.substring(0, open), text.substring(open));
  }

  private void write(String from, String to) throws IOException {
    Set<String> done = new HashSet<>();
    try (ZipFile old = new ZipFile(from);
        ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(new FileOutputStream(to)))) {
      out.setLevel(1);
      for (ZipEntry entry : Collections.list(old.entries())) {
        if (!entry.isDirectory()) {
          put(out, entry.getName(), changed(entry.getName(), old.getInputStream(entry).readAllBytes(), done));
        }
      }
      for (Map.Entry<String, Additions> entry : classes.entrySet()) {
        if (entry.getValue().kind != null && done.add(entry.getKey())) {
          put(out, entry.getKey() + ".class", fresh(entry.getKey(), entry.getValue()));
        }
      }
    }
    for (String name : classes.keySet()) {
      if (!done.contains(name)) {
        throw new IllegalArgumentException("there is no class " + name);
      }
    }
  }

  private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  private byte[] changed(String file, byte[] bytes, Set<String> done) {
    String name = file.endsWith(".class") ? file.substring(0, file.length() - 6) : "";
    Additions additions = classes.get(name);
    if (additions == null) {
      return bytes;
    }
    done.add(name);
    ClassWriter writer = new ClassWriter(0);
    new ClassReader(bytes).accept(new Adding(writer, additions), 0);
    return writer.toByteArray();
  }

  private static byte[] fresh(String name, Additions additions) {
    boolean isInterface = additions.kind.equals("interface");
    int kind = isInterface ? ACC_INTERFACE | ACC_ABSTRACT : ACC_SUPER;
    int access = ACC_PUBLIC | kind | (additions.kind.equals("abstract") ? ACC_ABSTRACT : 0);
    if (!isInterface && additions.methods.stream().noneMatch(it -> it.name().equals("<init>"))) {
      additions.methods.add(method(ACC_PUBLIC, "<init>()V"));
    }
    ClassWriter writer = new ClassWriter(0);
    ClassVisitor visitor = new Adding(writer, additions);
    visitor.visit(V1_8, access, name, null, additions.parent, null);
    visitor.visitEnd();
    return writer.toByteArray();
  }

  /** Writes a class and, at its end, what is added to it. */
  private static final class Adding extends ClassVisitor {
    private final Additions additions;

    Adding(ClassWriter writer, Additions additions) {
      super(ASM9, writer);
      this.additions = additions;
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] thrown) {
      String generic = additions.signatures.getOrDefault(name + descriptor, signature);
      return super.visitMethod(access, name, descriptor, generic, thrown);
    }

    @Override
    public void visitEnd() {
      for (String nested : additions.nests) {
        int dollar = nested.lastIndexOf('$');
        visitInnerClass(nested, nested.substring(0, dollar), nested.substring(dollar + 1), ACC_PUBLIC | ACC_STATIC);
      }
      for (Field field : additions.fields) {
        int access = ACC_PUBLIC | ACC_STATIC | ACC_FINAL;
        visitField(access, field.name(), field.descriptor(), null, field.value()).visitEnd();
      }
      additions.methods.forEach(this::add);
      super.visitEnd();
    }

    /** Every body throws, as everywhere in the stub library. */
    private void add(Method method) {
      MethodVisitor code = visitMethod(method.access(), method.name(), method.descriptor(), null, null);
      if ((method.access() & ACC_ABSTRACT) == 0) {
        code.visitCode();
        if (method.name().equals("<init>")) {
          code.visitVarInsn(ALOAD, 0);
          code.visitMethodInsn(INVOKESPECIAL, additions.parent, "<init>", "()V", false);
        }
        code.visitTypeInsn(NEW, "java/lang/RuntimeException");
        code.visitInsn(DUP);
        code.visitLdcInsn("Stub!");
        code.visitMethodInsn(INVOKESPECIAL, "java/lang/RuntimeException", "<init>", "(Ljava/lang/String;)V", false);
        code.visitInsn(ATHROW);
        code.visitMaxs(3, 1 + (Type.getArgumentsAndReturnSizes(method.descriptor()) >> 2));
      }
      code.visitEnd();
    }
  }
}
